-- readers: which teams may read each customer.
SELECT id, teams
FROM customers_customer
WHERE id = ANY(%(customers)s)
