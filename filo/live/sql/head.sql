-- head: the place in the log that a page, read from now on, can not be older than.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, f.value
FROM core_fact f
WHERE f.name = 'epoch'
