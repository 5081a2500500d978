-- see: which of these facts are new? The narrow table refuses the rest.
INSERT INTO intake_seen (scope, key, digest, journal)
SELECT scope, key, digest, journal
FROM unnest(%(scopes)s::text[], %(keys)s::text[], %(digests)s::bytea[], %(journals)s::bigint[])
    AS t (scope, key, digest, journal)
ORDER BY key, scope
ON CONFLICT ON CONSTRAINT fact_once DO NOTHING
RETURNING scope, key
