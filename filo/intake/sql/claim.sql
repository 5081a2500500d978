-- claim: the oldest calls of the lanes that we hold.
SELECT id, channel, at, headers::text, query::text, coalesce(opened, body), file
FROM intake_journal
WHERE state = 0 AND lane = ANY(%(lanes)s::smallint[])
ORDER BY id
LIMIT %(batch)s
