-- moderations: what was done with these messages at the provider's, oldest first.
SELECT o.message_id, o.action, o.state, o.at, coalesce(s.name, ''), o.detail, o.elsewhere
FROM conversations_moderation AS o
LEFT JOIN staff_staff AS s ON s.id = o.staff_id
WHERE o.message_id = ANY(%(ids)s::bigint[])
ORDER BY o.at, o.id
