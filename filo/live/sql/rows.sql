-- rows: the facts of queue rows, as they stand now.
SELECT c.id, c.customer_id, c.team_id, c.owner_type, c.owner_id, s.name, c.status, c.due_at, c.restricted,
    c.unread, h.kind
FROM conversations_case c
JOIN channels_channel h ON h.id = c.channel_id
LEFT JOIN staff_staff s ON s.id = c.owner_id
WHERE c.id = ANY(%(cases)s)
