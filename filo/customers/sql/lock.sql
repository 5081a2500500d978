-- lock: every writer first locks the customers it touches, in one order.
SELECT id
FROM customers_customer
WHERE id = ANY(%(customers)s::bigint[])
ORDER BY id
FOR UPDATE
