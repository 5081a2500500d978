-- unborn: customers made for an address that somebody else named first.
DELETE FROM customers_customer AS c
WHERE c.id = ANY(%(customers)s::bigint[])
    AND NOT EXISTS (SELECT 1 FROM customers_identity AS i WHERE i.customer_id = c.id)
