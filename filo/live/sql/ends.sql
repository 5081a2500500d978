-- ends: the oldest transaction of this database that has a number and still runs, else the next number to come. One
-- question, in this order: the snapshot with its number is taken when the statement begins, and who runs is looked at
-- after that. What the server remembers of who is active lasts a whole transaction: forgotten first, which the look
-- waits for by its argument. It shows 32 bits of a number; the rest are those of the next one, or one less after a
-- turn-over.
WITH fresh AS MATERIALIZED (
    SELECT pg_stat_clear_snapshot()::text AS forgotten
), coming AS MATERIALIZED (
    SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS number
)
SELECT least(
    coming.number,
    (
        SELECT min(
            CASE WHEN x.full_id > coming.number + 2147483648 THEN x.full_id - 4294967296 ELSE x.full_id END
        )
        FROM (
            SELECT (coming.number >> 32 << 32) + a.backend_xid::text::bigint AS full_id
            FROM fresh
            CROSS JOIN LATERAL pg_stat_get_activity(nullif(fresh.forgotten, fresh.forgotten)::int) AS a
            WHERE a.datid = (SELECT oid FROM pg_database WHERE datname = current_database())
                AND a.backend_xid IS NOT NULL
        ) AS x
    )
)
FROM coming
