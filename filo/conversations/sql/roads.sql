-- roads: the ways by which this customer has written, the last one first, this case's before all.
SELECT x.identity_id, x.channel_id, i.space, i.value, i.name, i.heard_at, i.state
FROM (
    SELECT m.identity_id, m.channel_id, max(m.id) AS last, bool_or(m.case_id = %(case)s) AS here
    FROM conversations_message AS m
    WHERE m.customer_id = %(customer)s AND m.direction = 'in'
    GROUP BY m.identity_id, m.channel_id
) AS x
JOIN customers_identity AS i ON i.id = x.identity_id
ORDER BY x.here DESC, x.last DESC
