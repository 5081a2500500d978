-- unread: calls that could not be read, newest first.
SELECT id, channel, at, reason, octet_length(body)
FROM intake_journal
WHERE state = 2 AND (%(before)s::bigint IS NULL OR id < %(before)s)
ORDER BY id DESC
LIMIT %(many)s
