-- let_read: a team that has a case of a customer reads the whole thread.
UPDATE customers_customer AS c
SET teams = c.teams || t.team
FROM (
    SELECT customer, array_agg(DISTINCT team) AS team
    FROM unnest(%(customers)s::bigint[], %(teams)s::bigint[]) AS u (customer, team)
    GROUP BY customer
) AS t
WHERE c.id = t.customer AND NOT c.teams @> t.team
