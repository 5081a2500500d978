-- search_people: exact addresses first, then names that hold the words (the last one may be cut):
-- a hundred of those, ranked, so that a frequent name costs no more than a rare one. The planner takes
-- what is materialized for all of it, and so the index for a rare name; it is read only as far as asked:
-- beside a limit it would hope to meet a hundred soon, and for a name that nobody has read all customers.
WITH bearers AS MATERIALIZED (
    SELECT c.id, c.name, c.ts
    FROM customers_customer AS c
    WHERE %(prefix)s <> '' AND c.ts @@ to_tsquery('simple', %(prefix)s)
        AND (%(everything)s OR c.teams && %(teams)s::bigint[])
)
SELECT c.id, c.name, 2.0 AS rank
FROM customers_identity AS i
JOIN customers_customer AS c ON c.id = i.customer_id
WHERE i.value = ANY(%(exact)s::text[]) AND (%(everything)s OR c.teams && %(teams)s::bigint[])
UNION
SELECT n.id, n.name, ts_rank(n.ts, to_tsquery('simple', %(prefix)s)) AS rank
FROM (SELECT id, name, ts FROM bearers LIMIT 100) AS n
ORDER BY rank DESC, 1
LIMIT %(many)s
