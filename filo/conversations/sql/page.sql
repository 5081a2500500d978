-- page: numbers of the messages of one customer, newest first. What is restricted is
-- only for its own team.
SELECT m.id
FROM conversations_message AS m
JOIN conversations_case AS c ON c.id = m.case_id
WHERE m.customer_id = %(customer)s
    AND (%(before)s::bigint IS NULL OR m.id < %(before)s)
    AND (NOT c.restricted OR %(everything)s OR c.team_id = ANY(%(teams)s::bigint[]))
ORDER BY m.id DESC
LIMIT %(many)s
