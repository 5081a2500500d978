-- unread: calls that no connector understood, newest first, by the partial index journal_unread.
SELECT id, channel, at, reason
FROM intake_journal
WHERE state = 2
ORDER BY id DESC
LIMIT %s
