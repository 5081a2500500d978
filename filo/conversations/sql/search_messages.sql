-- search_messages: any of the words, in three ways of stemming; the newest few hundred, ranked.
WITH wanted AS (
    SELECT websearch_to_tsquery('simple', %(ored)s) || websearch_to_tsquery('italian', %(ored)s)
        || websearch_to_tsquery('english', %(ored)s) AS query
), newest AS (
    SELECT m.id, m.customer_id, m.case_id, m.parts, m.subject, m.at, m.ts
    FROM conversations_message AS m, wanted
    WHERE m.ts @@ wanted.query
    ORDER BY m.id DESC
    LIMIT 1000
)
SELECT n.id, n.customer_id, cu.name, n.case_id, n.parts::text, n.at,
    ts_rank(n.ts, wanted.query) AS rank
FROM newest AS n
CROSS JOIN wanted
JOIN conversations_case AS c ON c.id = n.case_id
JOIN customers_customer AS cu ON cu.id = n.customer_id
WHERE (%(everything)s OR cu.teams && %(teams)s::bigint[])
    AND (NOT c.restricted OR %(everything)s OR c.team_id = ANY(%(teams)s::bigint[]))
ORDER BY rank DESC, n.id DESC
OFFSET %(skip)s
LIMIT %(many)s
