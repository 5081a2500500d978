-- search_since: the newest readable hits after a message. Sorting by a sum keeps the planner off the primary
-- key, on which it would walk through everything for a rare word that it believes to be common.
SELECT m.id
FROM conversations_message AS m
WHERE m.id > %(since)s
    AND m.ts @@ (websearch_to_tsquery('simple', %(ored)s)
        || websearch_to_tsquery('italian', %(ored)s) || websearch_to_tsquery('english', %(ored)s))
    AND (%(everything)s OR EXISTS (
        SELECT FROM conversations_case AS c
        JOIN customers_customer AS cu ON cu.id = c.customer_id
        WHERE c.id = m.case_id AND cu.teams && %(teams)s::bigint[]
            AND (NOT c.restricted OR c.team_id = ANY(%(teams)s::bigint[]))
    ))
ORDER BY m.id + 0 DESC
LIMIT %(most)s
