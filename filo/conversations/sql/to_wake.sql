-- to_wake: devices that are due, a hundred at a time, and the newest of our messages to their owners.
-- They stop being due before they are called, so that a crash in between tells somebody nothing
-- rather than twice.
UPDATE conversations_device AS device
SET due = false, due_at = NULL
FROM (
    SELECT id
    FROM conversations_device
    WHERE due AND channel_id = ANY(%(channels)s::bigint[])
        AND (due_at IS NULL OR due_at <= %(at)s)
    ORDER BY id
    LIMIT 100
    FOR UPDATE SKIP LOCKED
) AS waiting
WHERE device.id = waiting.id
RETURNING device.id, device.channel_id, device.platform, device.address, device.keys::text,
    device.language, device.tries,
    (
        SELECT m.id
        FROM customers_identity AS who
        JOIN conversations_message AS m ON m.customer_id = who.customer_id
        JOIN customers_identity AS told ON told.id = m.identity_id
        WHERE who.space = device.space AND who.value = device.value
            AND told.space LIKE 'web:%%' AND m.direction = 'out' AND m.withdrawn_at IS NULL
        ORDER BY m.id DESC
        LIMIT 1
    )
