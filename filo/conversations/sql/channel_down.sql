-- channel_down: nobody can send here until somebody mends it; what waits is held, not burnt.
WITH down AS (
    INSERT INTO channels_health AS h (channel_id, state, reason, failed_at, failures)
    VALUES (%(channel)s, 'needs_you', %(reason)s, now(), 1)
    ON CONFLICT (channel_id) DO UPDATE
    SET state = 'needs_you', reason = excluded.reason, failed_at = now(), failures = h.failures + 1
    RETURNING channel_id
)
UPDATE conversations_delivery AS d
SET reason = 'held', changed_at = now()
FROM down
WHERE d.channel_id = down.channel_id AND d.state = 'pending' AND d.owner IS NULL
