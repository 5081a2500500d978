-- stand_below: our public answer, below the post of what it answers, under the provider's id of that.
INSERT INTO conversations_exposure (message_id, post_id, above, points_to)
SELECT %(message)s, e.post_id, coalesce(nullif(m.provider_id, ''), (
        SELECT d.provider_id FROM conversations_delivery AS d
        WHERE d.message_id = m.id AND d.provider_id <> '' ORDER BY d.part LIMIT 1
    ), ''), %(points_to)s
FROM (SELECT 1) AS always
LEFT JOIN conversations_message AS m ON m.id = %(about)s
LEFT JOIN conversations_exposure AS e ON e.message_id = m.id
