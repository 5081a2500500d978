-- named: identities for customers. Whoever came first keeps the address.
INSERT INTO customers_identity (space, value, name, customer_id, source, verified)
SELECT space, value, name, customer, %(source)s, %(verified)s
FROM unnest(%(spaces)s::text[], %(values)s::text[], %(names)s::text[], %(customers)s::bigint[])
    AS t (space, value, name, customer)
ORDER BY space, value
ON CONFLICT ON CONSTRAINT identity_once DO NOTHING
RETURNING space, value, id, customer_id
