-- spent: what went out to these identities lately, for windows that hold so many messages only.
SELECT m.identity_id, m.channel_id, coalesce(d.attempted_at, m.at)
FROM conversations_message AS m
JOIN conversations_delivery AS d ON d.message_id = m.id
WHERE m.identity_id = ANY(%(identities)s::bigint[]) AND m.direction = 'out' AND m.at > %(since)s
    AND (d.state IN ('sent', 'delivered', 'read', 'uncertain')
        OR (d.state = 'pending' AND %(waiting)s))
