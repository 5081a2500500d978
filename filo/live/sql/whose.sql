-- whose: the customer behind the names that a visitor has proved, the strongest name first.
SELECT customer_id
FROM customers_identity
WHERE space = %(space)s
    AND value = ANY(%(values)s)
ORDER BY array_position(%(values)s::text[], value)
LIMIT 1
