-- seen_before: what we understood under these keys the first time.
SELECT s.scope, s.key, s.digest
FROM unnest(%(scopes)s::text[], %(keys)s::text[]) AS t (scope, key)
CROSS JOIN LATERAL (
    SELECT scope, key, digest FROM intake_seen WHERE key = t.key AND scope = t.scope
) AS s
