-- keep: many calls, one statement, one commit; the bell rings with it. Texts go in binary: as text,
-- every quote of every JSON would be escaped.
WITH kept AS (
    INSERT INTO intake_journal (channel, lane, at, headers, query, body, opened, file)
    SELECT channel, lane, at, headers::jsonb, query::jsonb, body, opened, file
    FROM unnest(%(channels)s::bigint[], %(lanes)s::smallint[], %(ats)s::timestamptz[],
        %(headers)s::text[], %(queries)s::text[], %(bodies)s::bytea[], %(openeds)s::bytea[],
        %(files)s::text[]) AS t (channel, lane, at, headers, query, body, opened, file)
)
SELECT pg_notify('filo_journal', '')
