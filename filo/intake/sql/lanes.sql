-- lanes: take whole lanes that have something to do, for as long as this transaction lasts.
-- MATERIALIZED, so that a lock is only tried on lanes with work.
WITH busy AS MATERIALIZED (
    SELECT lane
    FROM unnest(%(lanes)s::smallint[]) AS t (lane)
    WHERE EXISTS (SELECT 1 FROM intake_journal AS j WHERE j.lane = t.lane AND j.state = 0)
)
SELECT lane
FROM busy
WHERE pg_try_advisory_xact_lock(%(space)s, lane)
