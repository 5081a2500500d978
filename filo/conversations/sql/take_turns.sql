-- take_turns: deliveries whose turn has come, owned by this sender from now on. One at a time
-- for each identity, in the order of message and part. "Attempt started" is committed before
-- the call. SKIP LOCKED, so that two senders never take the same.
WITH turn AS (
    SELECT d.id
    FROM conversations_delivery AS d
    JOIN channels_channel AS ch ON ch.id = d.channel_id
    LEFT JOIN channels_health AS h ON h.channel_id = d.channel_id
    WHERE d.state = 'pending' AND d.owner IS NULL AND d.due_at <= now()
        AND ch.active AND coalesce(h.state, 'ok') = 'ok'
        AND NOT EXISTS (
            SELECT 1
            FROM conversations_delivery AS earlier
            WHERE earlier.identity_id = d.identity_id AND earlier.state = 'pending'
                AND (earlier.message_id, earlier.part) < (d.message_id, d.part)
        )
    ORDER BY d.due_at, d.id
    LIMIT %(many)s
    FOR UPDATE OF d SKIP LOCKED
)
UPDATE conversations_delivery AS d
SET owner = %(owner)s, attempt = d.attempt + 1, attempted_at = now(), reason = ''
FROM turn
WHERE d.id = turn.id
RETURNING d.id
