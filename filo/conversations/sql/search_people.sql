-- search_people: exact addresses first, then names that hold the words (the last one may be cut).
SELECT c.id, c.name, 2.0 AS rank
FROM customers_identity AS i
JOIN customers_customer AS c ON c.id = i.customer_id
WHERE i.value = ANY(%(exact)s::text[]) AND (%(everything)s OR c.teams && %(teams)s::bigint[])
UNION
SELECT c.id, c.name, ts_rank(c.ts, to_tsquery('simple', %(prefix)s)) AS rank
FROM customers_customer AS c
WHERE %(prefix)s <> '' AND c.ts @@ to_tsquery('simple', %(prefix)s)
    AND (%(everything)s OR c.teams && %(teams)s::bigint[])
ORDER BY rank DESC, 1
LIMIT %(many)s
