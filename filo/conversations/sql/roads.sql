-- roads: the ways by which this customer has written, the last one first, this case's before all;
-- with when they last spoke there, by each of their acts. Their clock may be ahead of ours.
SELECT x.identity_id, x.channel_id, i.space, i.value, i.name, i.state, x.acts, x.moments
FROM (
    SELECT y.identity_id, y.channel_id, max(y.last) AS last, bool_or(y.here) AS here,
        array_agg(y.act) AS acts, array_agg(y.at) AS moments
    FROM (
        SELECT m.identity_id, m.channel_id, coalesce(m.context ->> 'act', '') AS act,
            max(m.id) AS last, bool_or(m.case_id = %(case)s) AS here,
            max(least(m.said_at, m.at)) AS at
        FROM conversations_message AS m
        WHERE m.customer_id = %(customer)s AND m.direction = 'in'
        GROUP BY m.identity_id, m.channel_id, act
    ) AS y
    GROUP BY y.identity_id, y.channel_id
) AS x
JOIN customers_identity AS i ON i.id = x.identity_id
ORDER BY x.here DESC, x.last DESC
