-- deliver: this answer was given days ago: no sender may carry it out today.
UPDATE conversations_delivery
SET state = %(state)s, reason = '', attempt = 1, attempted_at = now(),
    provider_id = 'sample-' || id
WHERE message_id = %(message)s
