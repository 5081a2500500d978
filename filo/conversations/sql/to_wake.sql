-- to_wake: devices of those to whom an answer went that no open socket has taken. Only the newest
-- twenty thousand messages are looked at, by their key: older answers are no news, and no index has
-- to be kept for this on every delivery. One notice for all answers of a burst: `told` goes to the last.
WITH waiting AS (
    SELECT d.id, max(y.message_id) AS message
    FROM conversations_delivery AS y
    JOIN customers_identity AS i ON i.id = y.identity_id
    JOIN conversations_device AS d ON d.space = i.space AND d.value = i.value
    WHERE y.message_id > (SELECT coalesce(max(id), 0) - 20000 FROM conversations_message)
        AND y.message_id > d.told
        AND y.channel_id = ANY(%(channels)s::bigint[])
        AND d.channel_id = y.channel_id
        AND y.state = 'sent'
        AND y.changed_at BETWEEN %(since)s AND %(until)s
    GROUP BY d.id
    LIMIT 100
)
UPDATE conversations_device AS device
SET told = waiting.message
FROM waiting
WHERE device.id = waiting.id AND device.told < waiting.message
RETURNING device.id, device.channel_id, device.platform, device.address, device.keys::text
