-- who: the identities behind these addresses. LATERAL keeps the index even on stale statistics.
SELECT i.space, i.value, i.id, i.customer_id, i.name = ''
FROM unnest(%(spaces)s::text[], %(values)s::text[]) AS t (space, value)
CROSS JOIN LATERAL (
    SELECT id, space, value, customer_id, name
    FROM customers_identity
    WHERE space = t.space AND value = t.value
) AS i
