-- newest: the last messages between us and one customer by some channels, under any of their names there.
SELECT m.id
FROM conversations_message m
JOIN customers_identity i ON i.id = m.identity_id
WHERE m.customer_id = %(customer)s
    AND i.space = ANY(%(spaces)s)
    AND m.direction IN ('in', 'out')
ORDER BY m.id DESC
LIMIT %(limit)s
