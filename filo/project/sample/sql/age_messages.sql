-- age_messages: said when the story says so.
UPDATE conversations_message AS message
SET at = past.at, said_at = past.at
FROM unnest(%(ids)s::bigint[], %(ats)s::timestamptz[]) AS past (id, at)
WHERE message.id = past.id
