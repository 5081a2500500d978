-- cases_for: where could these words belong? The newest case of each (customer, matter), and
-- the cases named outright. A solved one may be re-opened within the grace.
SELECT c.id, c.customer_id, c.matter, c.status, c.team_id, c.last_direction = 'out'
FROM unnest(%(customers)s::bigint[], %(matters)s::text[]) AS t (customer, matter)
CROSS JOIN LATERAL (
    SELECT id, customer_id, matter, status, team_id, last_direction
    FROM conversations_case
    WHERE customer_id = t.customer AND matter = t.matter
        AND (status <> 'solved' OR solved_at > %(grace)s)
    ORDER BY (status <> 'solved') DESC, id DESC
    LIMIT 1
) AS c
UNION ALL
SELECT id, customer_id, matter, status, team_id, last_direction = 'out'
FROM conversations_case
WHERE id = ANY(%(named)s::bigint[]) AND (status <> 'solved' OR solved_at > %(grace)s)
