-- coming: a number above that of every transaction that has ended. What the server remembers of who is active lasts a
-- whole transaction: forget it, so that the question after this one sees them as they are.
SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint, pg_stat_clear_snapshot()
