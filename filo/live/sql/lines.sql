-- lines: some messages as one channel's visitors may see them. Notes are not told apart: they never leave here.
SELECT m.id, m.customer_id, i.space, i.value, m.direction, m.parts, m.client_id, m.at, s.name,
    m.edited_at IS NOT NULL, m.withdrawn_at IS NOT NULL, m.answers,
    coalesce(m.context ->> 'choice', m.context ->> 'form'), c.unread,
    (
        SELECT jsonb_agg(jsonb_build_array(d.spoken, d.state, d.provider_id) ORDER BY d.part)
        FROM conversations_delivery d
        WHERE d.message_id = m.id
    ),
    ARRAY(
        SELECT a.id
        FROM conversations_attachment a
        WHERE a.message_id = m.id AND a.state = 'ready'
    )
FROM conversations_message m
JOIN customers_identity i ON i.id = m.identity_id
JOIN conversations_case c ON c.id = m.case_id
LEFT JOIN staff_staff s ON s.id = m.author_id
WHERE m.id = ANY(%(messages)s)
    AND i.space = ANY(%(spaces)s)
    AND m.direction IN ('in', 'out')
ORDER BY m.id
