-- versions: what these messages said before, oldest first.
SELECT message_id, parts::text, at
FROM conversations_revision
WHERE message_id = ANY(%(ids)s::bigint[])
ORDER BY id
