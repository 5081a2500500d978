-- visiting: the unsolved case that holds the newest visit by this identity, while it is fresh.
SELECT c.id
FROM conversations_message AS m
JOIN conversations_case AS c ON c.id = m.case_id
WHERE m.identity_id = %(identity)s AND m.channel_id = %(channel)s AND m.direction = 'in'
    AND m.at > %(since)s AND c.status <> 'solved'
ORDER BY m.id DESC
LIMIT 1
