-- addresses: by which the people write.
INSERT INTO customers_identity (id, customer_id, space, value, name, source, last_seq, heard_at)
OVERRIDING SYSTEM VALUE
SELECT id, id, %(space)s, 'p' || id, name, 'provider', %(messages)s, now() - interval '1 hour'
FROM customers_customer
