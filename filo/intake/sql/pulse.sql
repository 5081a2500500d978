-- pulse: when each channel last brought something, and what was odd about it.
INSERT INTO channels_health AS h (channel_id, last_in_at, unknown, conflicts)
SELECT channel, at, unknown, conflicts
FROM unnest(%(channels)s::bigint[], %(ats)s::timestamptz[], %(unknowns)s::bigint[],
    %(conflicts)s::bigint[]) AS t (channel, at, unknown, conflicts)
ON CONFLICT (channel_id) DO UPDATE
SET last_in_at = greatest(h.last_in_at, excluded.last_in_at),
    unknown = h.unknown + excluded.unknown,
    conflicts = h.conflicts + excluded.conflicts
