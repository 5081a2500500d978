-- take_moderations: what is to be done with public words. Each deed may be done twice, so one that
-- nobody finished is simply taken again after a minute. A channel that needs somebody is left alone.
UPDATE conversations_moderation AS o
SET tries = o.tries + 1, due_at = now() + interval '1 minute'
FROM (
    SELECT w.id, m.channel_id, m.customer_id, m.case_id,
        coalesce(nullif(m.provider_id, ''), (
            SELECT d.provider_id FROM conversations_delivery AS d
            WHERE d.message_id = m.id AND d.provider_id <> '' ORDER BY d.part LIMIT 1
        ), '') AS provider_id
    FROM conversations_moderation AS w
    JOIN conversations_message AS m ON m.id = w.message_id
    JOIN channels_channel AS ch ON ch.id = m.channel_id
    LEFT JOIN channels_health AS h ON h.channel_id = ch.id
    WHERE w.state = 'pending' AND w.due_at <= now() AND ch.active
        AND coalesce(h.state, 'ok') = 'ok'
    ORDER BY w.due_at
    LIMIT 8
    FOR UPDATE OF w SKIP LOCKED
) AS t
WHERE o.id = t.id
RETURNING o.id, o.message_id, o.action, o.tries, t.channel_id, t.customer_id, t.case_id,
    t.provider_id
