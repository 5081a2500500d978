-- done: these calls were read; those that could not be are kept for the administrator.
UPDATE intake_journal AS j
SET state = t.state, reason = t.reason
FROM unnest(%(ids)s::bigint[], %(states)s::smallint[], %(reasons)s::text[])
    AS t (id, state, reason)
WHERE j.id = t.id
