-- spent: what went out to these identities lately, for windows that hold so many messages only.
-- What was written before the window began counts too, if it left after that, or is still to leave.
SELECT m.identity_id, m.channel_id,
    CASE WHEN d.state = 'pending' THEN %(at)s ELSE coalesce(d.attempted_at, m.at) END
FROM conversations_message AS m
JOIN conversations_delivery AS d ON d.message_id = m.id
WHERE m.identity_id = ANY(%(identities)s::bigint[]) AND m.direction = 'out'
    AND m.at > %(since)s - interval '3 days'
    AND (
        (d.state IN ('sent', 'delivered', 'read', 'uncertain')
            AND coalesce(d.attempted_at, m.at) > %(since)s)
        OR (d.state = 'pending' AND %(waiting)s)
    )
