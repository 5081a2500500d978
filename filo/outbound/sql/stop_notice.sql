-- stop_notice: read elsewhere before our mail left: it says nothing that is news any more.
UPDATE conversations_delivery
SET state = 'failed', reason = 'read elsewhere', changed_at = now()
WHERE message_id = %(mail)s AND state = 'pending' AND owner IS NULL
