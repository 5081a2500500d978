-- give_up: an answer that waited for the customer is not true any more: another came, or it is solved.
UPDATE conversations_delivery AS d
SET state = 'failed', reason = %(why)s, awaits = '', changed_at = now()
FROM conversations_message AS m
WHERE m.id = d.message_id AND m.case_id = %(case)s
    AND d.awaits = 'word' AND d.state = 'pending' AND d.owner IS NULL
RETURNING d.id, d.message_id, m.customer_id, m.case_id, d.state, d.reason
