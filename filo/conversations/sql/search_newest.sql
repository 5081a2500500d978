-- search_newest: how frequent are these words? The hits among the newest messages, and the newest of all.
SELECT coalesce(max(m.id), 0), coalesce(array_agg(m.id) FILTER (WHERE m.ts @@ (
    websearch_to_tsquery('simple', %(ored)s) || websearch_to_tsquery('italian', %(ored)s)
    || websearch_to_tsquery('english', %(ored)s))), '{}')
FROM (
    SELECT id, ts
    FROM conversations_message
    ORDER BY id DESC
    LIMIT %(newest)s
) AS m
