-- block: an address that wants nothing of us, or wants us again; what else is wrong with it stays.
UPDATE customers_identity AS i
SET state = CASE WHEN t.blocked THEN 'blocked' WHEN i.state = 'blocked' THEN '' ELSE i.state END
FROM unnest(%(identities)s::bigint[], %(blocked)s::boolean[]) AS t (identity, blocked)
WHERE i.id = t.identity
