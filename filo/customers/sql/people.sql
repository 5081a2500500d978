-- people: customers after one, in order of number.
SELECT id
FROM customers_customer
WHERE id > %(after)s AND (%(everything)s OR teams && %(teams)s::bigint[])
ORDER BY id
LIMIT %(many)s
