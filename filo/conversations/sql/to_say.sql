-- to_say: everything that is needed to say these deliveries.
SELECT d.id, d.attempt, d.spoken::text, d.channel_id, d.message_id, m.customer_id, m.case_id,
    d.identity_id, i.space, i.value, i.name, spoke.acts, spoke.moments, m.subject, coalesce(s.name, ''),
    coalesce(cu.language, ''),
    coalesce(nullif(a.provider_id, ''), (
        SELECT o.provider_id FROM conversations_delivery AS o
        WHERE o.message_id = a.id AND o.provider_id <> '' ORDER BY o.part LIMIT 1
    ), ''),
    coalesce(newest.provider_id, ''),
    d.attempted_at, m.author_id IS NOT NULL AND NOT m.automatic, m.visibility = 'public',
    coalesce(p.provider_id, ''),
    CASE WHEN m.visibility = 'private' AND a.visibility = 'public' THEN a.provider_id ELSE '' END,
    coalesce(newest.context::text, ''), coalesce(a.context::text, '')
FROM conversations_delivery AS d
JOIN conversations_message AS m ON m.id = d.message_id
JOIN customers_identity AS i ON i.id = d.identity_id
JOIN customers_customer AS cu ON cu.id = m.customer_id
LEFT JOIN LATERAL (
    SELECT array_agg(y.act) AS acts, array_agg(y.at) AS moments
    FROM (
        SELECT coalesce(l.context ->> 'act', '') AS act, least(l.said_at, l.at) AS at
        FROM conversations_message AS l
        WHERE l.identity_id = d.identity_id AND l.channel_id = d.channel_id
            AND l.direction = 'in' AND l.seq IS NOT NULL AND l.visibility = 'private'
        ORDER BY l.seq DESC
        LIMIT 20
    ) AS y
) AS spoke ON true
LEFT JOIN LATERAL (
    SELECT l.provider_id, l.context FROM conversations_message AS l
    WHERE l.case_id = m.case_id AND l.identity_id = d.identity_id AND l.direction = 'in'
        AND l.id < m.id
    ORDER BY l.id DESC LIMIT 1
) AS newest ON true
LEFT JOIN staff_staff AS s ON s.id = m.author_id
LEFT JOIN conversations_message AS a ON a.id = m.answers
LEFT JOIN conversations_exposure AS e ON e.message_id = m.id
LEFT JOIN conversations_post AS p ON p.id = e.post_id
WHERE d.id = ANY(%(ids)s::bigint[])
ORDER BY d.id
