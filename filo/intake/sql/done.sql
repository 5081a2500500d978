-- done: these calls were read; those that could not be are kept for the administrator. Their channels
-- have brought something, and whoever follows the log is woken at commit: three things, one road.
WITH done AS (
    UPDATE intake_journal AS j
    SET state = t.state, reason = t.reason
    FROM unnest(%(ids)s::bigint[], %(states)s::smallint[], %(reasons)s::text[])
        AS t (id, state, reason)
    WHERE j.id = t.id
), brought AS (
    INSERT INTO channels_health AS h (channel_id, last_in_at, unknown, conflicts)
    SELECT channel, at, 0, 0
    FROM unnest(%(channels)s::bigint[], %(ats)s::timestamptz[]) AS t (channel, at)
    ON CONFLICT (channel_id) DO UPDATE
    SET last_in_at = greatest(h.last_in_at, excluded.last_in_at)
)
SELECT pg_notify('filo_events', '')
