-- claim: the oldest calls of the lanes that we hold; and does any fact wait behind one that failed?
SELECT id, channel, at, headers::text, query::text, coalesce(opened, body), file,
    EXISTS (SELECT 1 FROM intake_parked WHERE NOT dead)
FROM intake_journal
WHERE state = 0 AND lane = ANY(%(lanes)s::smallint[])
ORDER BY id
LIMIT %(batch)s
