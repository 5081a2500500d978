-- revise: keep what the messages said before; of one withdrawn nothing is left to keep.
INSERT INTO conversations_revision (message_id, parts)
SELECT id, parts
FROM conversations_message
WHERE id = ANY(%(messages)s::bigint[]) AND withdrawn_at IS NULL
