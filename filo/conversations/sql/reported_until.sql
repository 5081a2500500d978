-- reported_until: what went to these people until that moment and was not known to be read. Only
-- the newest words of each are looked at.
SELECT t.n, d.id, d.message_id, m.customer_id, m.case_id
FROM unnest(%(customers)s::bigint[], %(identities)s::bigint[], %(channels)s::bigint[],
    %(ats)s::timestamptz[]) WITH ORDINALITY AS t (customer, identity, channel, at, n)
CROSS JOIN LATERAL (
    SELECT id, customer_id, case_id
    FROM conversations_message
    WHERE customer_id = t.customer
    ORDER BY id DESC
    LIMIT 60
) AS m
JOIN conversations_delivery AS d ON d.message_id = m.id
WHERE d.identity_id = t.identity
    AND d.channel_id = t.channel
    AND d.state IN ('sent', 'delivered')
    AND d.attempted_at <= t.at
