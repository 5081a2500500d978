-- identities: all addresses of these customers, in the order in which we learned them.
SELECT customer_id, id, space, value, name, verified, state, heard_at
FROM customers_identity
WHERE customer_id = ANY(%(customers)s::bigint[])
ORDER BY customer_id, id
