-- put_back: the case as it was before an answer that was taken back.
UPDATE conversations_case AS c
SET due_at = %(due)s,
    status = CASE WHEN c.status = 'waiting' THEN %(status)s ELSE c.status END,
    last_message = m.id,
    last_at = coalesce(m.at, c.opened_at),
    last_direction = coalesce(m.direction, 'in')
FROM (SELECT 1) AS always
LEFT JOIN LATERAL (
    SELECT id, at, direction
    FROM conversations_message
    WHERE case_id = %(case)s AND direction <> 'note' AND withdrawn_at IS NULL
    ORDER BY id DESC
    LIMIT 1
) AS m ON true
WHERE c.id = %(case)s
