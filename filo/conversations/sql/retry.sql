-- retry: a failed part and the parts that it stopped, from the beginning.
UPDATE conversations_delivery AS d
SET state = 'pending', reason = '', detail = '', awaits = '', due_at = now(), owner = NULL, attempted_at = NULL,
    attempt = d.attempt + 1, changed_at = now()
FROM conversations_delivery AS broken
WHERE broken.id = %(id)s
    AND d.message_id = broken.message_id
    AND d.state = 'failed'
    AND (d.id = broken.id OR (d.part > broken.part AND d.reason = 'stopped'))
RETURNING d.id, d.message_id, d.state
