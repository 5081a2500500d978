-- take_turns: deliveries whose turn has come, owned by this sender from now on. One at a time
-- for each identity, in the order of message and part. "Attempt started" is committed before
-- the call. SKIP LOCKED, so that two senders never take the same.
-- What waits for the customer, or for a time that we chose, keeps nobody waiting behind it.
-- Channel by channel: what a channel holds that cannot send is not even looked at.
WITH turn AS (
    SELECT due.id
    FROM channels_channel AS ch
    LEFT JOIN channels_health AS h ON h.channel_id = ch.id
    CROSS JOIN LATERAL (
        SELECT d.id, d.due_at
        FROM conversations_delivery AS d
        WHERE d.channel_id = ch.id AND d.state = 'pending' AND d.owner IS NULL AND d.due_at <= now()
            AND NOT EXISTS (
                SELECT 1
                FROM conversations_delivery AS earlier
                WHERE earlier.identity_id = d.identity_id AND earlier.state = 'pending'
                    AND (earlier.awaits = '' OR earlier.due_at <= now())
                    AND (earlier.message_id, earlier.part) < (d.message_id, d.part)
            )
        ORDER BY d.due_at, d.id
        LIMIT %(many)s
        FOR UPDATE OF d SKIP LOCKED
    ) AS due
    WHERE ch.active AND coalesce(h.state, 'ok') = 'ok'
    ORDER BY due.due_at, due.id
    LIMIT %(many)s
)
UPDATE conversations_delivery AS d
SET owner = %(owner)s, attempt = d.attempt + 1, attempted_at = now(), reason = '', awaits = ''
FROM turn
WHERE d.id = turn.id
RETURNING d.id
