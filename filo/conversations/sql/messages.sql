-- messages: what a thread shows of each message, by number, oldest first.
SELECT m.id, m.customer_id, m.case_id, m.identity_id, m.channel_id, m.seq, m.direction,
    m.visibility, m.parts::text, m.at, m.answers, m.client_id, coalesce(ch.kind, ''), m.author_id,
    coalesce(s.name, ''), m.subject, m.said_at, m.automatic, m.context::text, m.edited_at,
    m.withdrawn_at
FROM conversations_message AS m
LEFT JOIN channels_channel AS ch ON ch.id = m.channel_id
LEFT JOIN staff_staff AS s ON s.id = m.author_id
WHERE m.id = ANY(%(ids)s::bigint[])
ORDER BY m.id
