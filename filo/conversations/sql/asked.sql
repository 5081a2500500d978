-- asked: what we said last to each of these addresses, where it holds ready answers.
SELECT o.identity, o.parts::text, o.language
FROM unnest(%(identities)s::bigint[]) AS t (identity)
CROSS JOIN LATERAL (
    SELECT m.identity_id AS identity, m.parts, coalesce(cu.language, '') AS language
    FROM conversations_message AS m
    JOIN customers_customer AS cu ON cu.id = m.customer_id
    WHERE m.identity_id = t.identity AND m.direction = 'out' AND m.withdrawn_at IS NULL
        AND m.seq IS NOT NULL
    ORDER BY m.seq DESC
    LIMIT 1
) AS o
WHERE o.parts @? '$[*] ? (@.type == "choice" || @.type == "card" || @.type == "carousel"
    || @.type == "slots" || @.type == "survey")'
