-- to_wake: devices that are due, a hundred at a time. They stop being due before they are called, so
-- that a crash in between tells somebody nothing rather than twice.
UPDATE conversations_device AS device
SET due = false
FROM (
    SELECT id
    FROM conversations_device
    WHERE due AND channel_id = ANY(%(channels)s::bigint[])
    ORDER BY id
    LIMIT 100
    FOR UPDATE SKIP LOCKED
) AS waiting
WHERE device.id = waiting.id
RETURNING device.id, device.channel_id, device.platform, device.address, device.keys::text
