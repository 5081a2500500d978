-- dead: facts that failed five times, newest first.
SELECT p.id, p.journal, j.channel, p.who, p.error, p.tries, p.at
FROM intake_parked AS p
JOIN intake_journal AS j ON j.id = p.journal
WHERE p.dead AND (%(before)s::bigint IS NULL OR p.id < %(before)s)
ORDER BY p.id DESC
LIMIT %(many)s
