-- due_notices: those to be looked at now, with what has become of the answers meanwhile.
SELECT n.id, n.case_id, n.identity_id, n.first, n.state, n.mail, c.customer_id, f.at,
    (
        SELECT count(*)
        FROM conversations_message AS m
        JOIN conversations_delivery AS d ON d.message_id = m.id AND d.part = 0
        WHERE m.identity_id = n.identity_id AND m.direction = 'out' AND m.id >= n.first
            AND m.withdrawn_at IS NULL AND d.state IN ('sent', 'delivered')
    ) AS unread,
    EXISTS (
        SELECT 1 FROM conversations_message AS m
        WHERE m.customer_id = c.customer_id AND m.direction = 'in' AND m.id > n.first
            AND NOT m.automatic
    ) AS spoke,
    EXISTS (
        SELECT 1 FROM conversations_delivery AS d WHERE d.message_id = n.first AND d.state = 'delivered'
    ) AS reached
FROM outbound_notice AS n
JOIN conversations_case AS c ON c.id = n.case_id
JOIN conversations_message AS f ON f.id = n.first
WHERE n.state <> 'over' AND n.due_at <= %(at)s
ORDER BY n.due_at
LIMIT 100
FOR UPDATE OF n SKIP LOCKED
