-- unread: is anything still waiting to be read?
SELECT 1
FROM intake_journal
WHERE state = 0
LIMIT 1
