-- kept: the customer has spoken. What waited for that goes out on the road that it opened; what
-- was to go at a chosen time is cancelled, wherever they wrote, because they wrote first.
UPDATE conversations_delivery AS d
SET state = CASE WHEN d.awaits = 'word' THEN d.state ELSE 'failed' END,
    reason = CASE WHEN d.awaits = 'word' THEN '' ELSE 'wrote first' END,
    due_at = CASE WHEN d.awaits = 'word' THEN now() ELSE d.due_at END,
    awaits = '',
    changed_at = now()
FROM conversations_message AS m
WHERE m.id = d.message_id
    AND d.awaits <> '' AND d.state = 'pending' AND d.owner IS NULL
    AND d.identity_id IN (
        SELECT i.id FROM customers_identity AS i WHERE i.customer_id = ANY(%(customers)s::bigint[])
    )
    AND (
        d.awaits = 'time'
        OR EXISTS (
            SELECT 1
            FROM unnest(%(identities)s::bigint[], %(channels)s::bigint[]) AS t (identity, channel)
            WHERE t.identity = d.identity_id AND t.channel = d.channel_id
        )
    )
RETURNING d.id, d.message_id, m.customer_id, m.case_id, d.state, d.reason
