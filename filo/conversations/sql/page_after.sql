-- page_after: numbers of the messages of one customer after one, oldest first.
SELECT m.id
FROM conversations_message AS m
JOIN conversations_case AS c ON c.id = m.case_id
WHERE m.customer_id = %(customer)s
    AND m.id > %(after)s
    AND (NOT c.restricted OR %(everything)s OR c.team_id = ANY(%(teams)s::bigint[]))
ORDER BY m.id
LIMIT %(many)s
