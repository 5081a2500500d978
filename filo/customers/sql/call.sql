-- call: a name for those who had none until now; one that is there stays.
WITH told AS (
    SELECT identity, name, folded
    FROM unnest(%(identities)s::bigint[], %(names)s::text[], %(folded)s::text[])
        AS t (identity, name, folded)
), named AS (
    UPDATE customers_identity AS i
    SET name = told.name
    FROM told
    WHERE i.id = told.identity AND i.name = ''
    RETURNING i.customer_id, told.name, told.folded
)
UPDATE customers_customer AS c
SET name = named.name, ts = to_tsvector('simple', named.folded)
FROM named
WHERE c.id = named.customer_id AND c.name = ''
RETURNING c.id
