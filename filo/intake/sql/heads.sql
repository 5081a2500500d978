-- heads: the first waiting fact of each identity whose turn has come.
SELECT p.id, p.journal, p.ordinal, p.tries
FROM intake_parked AS p
WHERE NOT p.dead
    AND p.due_at <= %(at)s
    AND NOT EXISTS (
        SELECT 1 FROM intake_parked AS earlier
        WHERE earlier.who = p.who AND NOT earlier.dead AND earlier.id < p.id
    )
ORDER BY p.id
LIMIT 50
FOR UPDATE SKIP LOCKED
