-- seen: what was understood of those calls.
INSERT INTO intake_seen (scope, key, digest, journal)
SELECT %(scope)s, 'said:old-' || n, uuid_send(md5(n::text)::uuid), n
FROM generate_series(1, %(messages)s::bigint) AS n
