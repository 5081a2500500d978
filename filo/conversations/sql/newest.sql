-- newest: what was said last with these addresses, newest first, under a name that the provider knows.
SELECT i.identity, m.id_there, m.parts::text
FROM unnest(%(identities)s::bigint[]) AS i (identity)
CROSS JOIN LATERAL (
    SELECT l.id, l.parts, coalesce(nullif(l.provider_id, ''), (
        SELECT d.provider_id FROM conversations_delivery AS d
        WHERE d.message_id = l.id AND d.provider_id <> '' ORDER BY d.part LIMIT 1
    )) AS id_there
    FROM conversations_message AS l
    WHERE l.identity_id = i.identity AND l.seq IS NOT NULL AND l.direction IN ('in', 'out')
    ORDER BY l.seq DESC
    LIMIT %(newest)s
) AS m
WHERE m.id_there <> ''
ORDER BY i.identity, m.id DESC
