-- roads: the ways by which this customer has written, the last one first, this case's before all;
-- with when they last spoke there, by each of their acts. Their clock may be ahead of ours. What
-- was said in public is a way of its own, which ends below their last words there.
SELECT x.identity_id, x.channel_id, i.space, i.value, i.name, i.state, x.acts, x.moments,
    x.visibility = 'public', x.last, x.last_here
FROM (
    SELECT y.identity_id, y.channel_id, y.visibility, max(y.last) AS last,
        max(y.last) FILTER (WHERE y.here) AS last_here, bool_or(y.here) AS here,
        array_agg(y.act) AS acts, array_agg(y.at) AS moments
    FROM (
        SELECT m.identity_id, m.channel_id, m.visibility,
            coalesce(m.context ->> 'act', '') AS act, m.case_id = %(case)s AS here,
            max(m.id) AS last, max(least(m.said_at, m.at)) AS at
        FROM conversations_message AS m
        WHERE m.customer_id = %(customer)s AND m.direction = 'in'
        GROUP BY m.identity_id, m.channel_id, m.visibility, act, here
    ) AS y
    GROUP BY y.identity_id, y.channel_id, y.visibility
) AS x
JOIN customers_identity AS i ON i.id = x.identity_id
ORDER BY x.here DESC, x.last DESC
