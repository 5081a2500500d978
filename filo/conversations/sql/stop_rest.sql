-- stop_rest: a part that failed stops the later parts of its message that are not yet on their way,
-- and what tells the public of that message.
UPDATE conversations_delivery AS d
SET state = 'failed', reason = 'stopped', changed_at = now()
FROM conversations_delivery AS broken
WHERE broken.id = ANY(%(failed)s::bigint[])
    AND ((d.message_id = broken.message_id AND d.part > broken.part)
        OR d.message_id IN (
            SELECT e.message_id FROM conversations_exposure AS e
            WHERE e.points_to = broken.message_id
        ))
    AND d.state = 'pending'
    AND d.owner IS NULL
RETURNING d.id
