-- said_before: what messages said before, where it came after what they say now.
INSERT INTO conversations_revision (message_id, parts)
SELECT message, parts::jsonb
FROM unnest(%(messages)s::bigint[], %(parts)s::text[]) AS t (message, parts)
