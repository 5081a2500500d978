-- block: an address that wants nothing of us, or wants us again; what else is wrong with it stays.
UPDATE customers_identity AS i
SET state = CASE WHEN t.blocked THEN 'blocked' ELSE '' END
FROM unnest(%(identities)s::bigint[], %(blocked)s::boolean[]) AS t (identity, blocked)
WHERE i.id = t.identity AND t.blocked <> (i.state = 'blocked')
RETURNING i.customer_id
