-- holders: who holds an address, in whatever space.
SELECT DISTINCT i.customer_id
FROM customers_identity AS i
JOIN customers_customer AS c ON c.id = i.customer_id
WHERE i.value = ANY(%(values)s::text[]) AND (%(everything)s OR c.teams && %(teams)s::bigint[])
ORDER BY i.customer_id
LIMIT 50
