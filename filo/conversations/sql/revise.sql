-- revise: keep what the messages said before.
INSERT INTO conversations_revision (message_id, parts)
SELECT id, parts
FROM conversations_message
WHERE id = ANY(%(messages)s::bigint[])
