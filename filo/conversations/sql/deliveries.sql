-- deliveries: how each part of these messages fares.
SELECT message_id, id, part, state, reason, detail, due_at, awaits
FROM conversations_delivery
WHERE message_id = ANY(%(ids)s::bigint[])
ORDER BY message_id, part
