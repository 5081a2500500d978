-- exchange: the provider's ids of what was said in a case before a message, oldest first, and
-- the customer's last words; for the references and the quote of a mail.
SELECT x.provider_id, x.parts, x.direction
FROM (
    SELECT m.id, m.direction,
        CASE WHEN m.direction = 'in' THEN m.provider_id ELSE d.provider_id END AS provider_id,
        CASE WHEN m.direction = 'in' THEN m.parts::text END AS parts
    FROM conversations_message AS m
    LEFT JOIN conversations_delivery AS d ON d.message_id = m.id AND d.part = 0
    WHERE m.case_id = %(case)s AND m.id < %(message)s AND m.direction <> 'note'
    ORDER BY m.id DESC
    LIMIT 40
) AS x
WHERE x.provider_id <> ''
ORDER BY x.id
