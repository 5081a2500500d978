-- in_doubt: what we said to these customers and do not know to have arrived: uncertain, on its way
-- just now, or tried before and to be said again. Only their newest words are looked at.
SELECT d.id, m.customer_id, m.id, m.case_id, d.channel_id, d.spoken::text
FROM unnest(%(customers)s::bigint[]) AS t (customer)
CROSS JOIN LATERAL (
    SELECT id, customer_id, case_id
    FROM conversations_message
    WHERE customer_id = t.customer
    ORDER BY id DESC
    LIMIT 40
) AS m
JOIN conversations_delivery AS d ON d.message_id = m.id
WHERE d.provider_id = ''
    AND (d.state = 'uncertain' OR (d.state = 'pending' AND d.attempt > 0))
ORDER BY d.id
