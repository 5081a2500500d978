-- lines: what happened to a customer's cases, newest first.
SELECT e.at, e.type, e."case", e.body
FROM core_event AS e
JOIN conversations_case AS c ON c.id = e."case"
WHERE e.customer = %(customer)s
    AND e.type IN ('case_opened', 'case_changed')
    AND e.body ->> 'reason' IS DISTINCT FROM 'read'
    AND (%(since)s::timestamptz IS NULL OR e.at >= %(since)s)
    AND (NOT c.restricted OR %(everything)s OR c.team_id = ANY(%(teams)s::bigint[]))
ORDER BY e.id DESC
LIMIT %(many)s
