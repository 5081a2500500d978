-- who: the identities behind these addresses. LIMIT keeps the planner from reading the whole table
-- into a hash for a batch: one look into the index for each address, at every size.
SELECT i.space, i.value, i.id, i.customer_id, i.name = ''
FROM unnest(%(spaces)s::text[], %(values)s::text[]) AS t (space, value)
CROSS JOIN LATERAL (
    SELECT id, space, value, customer_id, name
    FROM customers_identity
    WHERE space = t.space AND value = t.value
    LIMIT 1
) AS i
