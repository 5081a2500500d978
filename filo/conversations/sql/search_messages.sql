-- search_messages: these hits, ranked, as far as the reader may read them.
SELECT m.id, m.customer_id, cu.name, m.case_id, m.parts::text, m.at,
    ts_rank(m.ts, websearch_to_tsquery('simple', %(ored)s)
        || websearch_to_tsquery('italian', %(ored)s)
        || websearch_to_tsquery('english', %(ored)s)) AS rank
FROM conversations_message AS m
JOIN conversations_case AS c ON c.id = m.case_id
JOIN customers_customer AS cu ON cu.id = m.customer_id
WHERE m.id = ANY(%(hits)s::bigint[])
    AND (%(everything)s OR cu.teams && %(teams)s::bigint[])
    AND (NOT c.restricted OR %(everything)s OR c.team_id = ANY(%(teams)s::bigint[]))
ORDER BY rank DESC, m.id DESC
OFFSET %(skip)s
LIMIT %(many)s
