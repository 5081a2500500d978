-- recall: stop all deliveries of a message, or none: true only if none had begun.
WITH mine AS (
    SELECT id, state, owner, attempt
    FROM conversations_delivery
    WHERE message_id = %(message)s
    FOR UPDATE
), stopped AS (
    UPDATE conversations_delivery AS d
    SET state = 'failed', reason = 'recalled', awaits = '', spoken = '{"type": "text", "text": ""}',
        changed_at = now()
    WHERE d.message_id = %(message)s
        AND NOT EXISTS (
            SELECT 1 FROM mine
            WHERE mine.state <> 'pending' OR mine.owner IS NOT NULL OR mine.attempt > 0
        )
    RETURNING d.id
)
SELECT count(*) > 0 FROM stopped
