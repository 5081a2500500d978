-- count_on: the next numbers of each identity, and when we last heard from it.
UPDATE customers_identity AS i
SET last_seq = i.last_seq + t.many,
    heard_at = greatest(i.heard_at, t.heard)
FROM unnest(%(identities)s::bigint[], %(many)s::bigint[], %(heard)s::timestamptz[])
    AS t (id, many, heard)
WHERE i.id = t.id
RETURNING i.id, i.last_seq - t.many
