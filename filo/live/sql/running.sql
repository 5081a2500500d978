-- running: the oldest transaction of this database that has a number and still runs. The server shows
-- 32 bits of it; the rest are those of the next number to come, or one less after a turn-over.
SELECT min(
    CASE WHEN x.full_id > %(coming)s::bigint + 2147483648 THEN x.full_id - 4294967296 ELSE x.full_id END
)
FROM (
    SELECT (%(coming)s::bigint >> 32 << 32) + backend_xid::text::bigint AS full_id
    FROM pg_stat_activity
    WHERE datname = current_database() AND backend_xid IS NOT NULL
) AS x
