-- early_due: what need not wait any longer: an edit whose words do not come, or something young whose words crossed with
-- it or got their name by a receipt.
SELECT e.id, e.customer
FROM conversations_earlychange AS e
WHERE (e.kind = 'edit' AND e.kept_at <= %(ripe)s)
    OR (e.kind <> 'shown' AND e.kept_at > %(young)s AND (
        EXISTS (
            SELECT 1 FROM conversations_message AS m
            WHERE m.provider_id = e.provider_id AND m.provider_id <> ''
                AND (m.customer_id = e.customer OR m.channel_id = -e.customer)
        )
        OR EXISTS (
            SELECT 1
            FROM conversations_delivery AS d
            JOIN conversations_message AS m ON m.id = d.message_id
            WHERE d.provider_id = e.provider_id AND d.provider_id <> ''
                AND (m.customer_id = e.customer OR m.channel_id = -e.customer)
        )
    ))
ORDER BY e.id
LIMIT 200
