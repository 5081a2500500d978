-- conflicts: the same key with another body. The first one won; this is kept to be looked at.
INSERT INTO intake_conflict (scope, key, journal)
SELECT scope, key, journal
FROM unnest(%(scopes)s::text[], %(keys)s::text[], %(journals)s::bigint[])
    AS t (scope, key, journal)
