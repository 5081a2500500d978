-- attachments: the files of these messages.
SELECT message_id, id, ordinal, mime, name, size, state, reason, width, height
FROM conversations_attachment
WHERE message_id = ANY(%(ids)s::bigint[])
ORDER BY message_id, ordinal
