-- case_columns: what a queue shows of each case.
SELECT c.id, c.customer_id, c.team_id, c.channel_id, c.status, c.owner_type, c.owner_id,
    coalesce(o.name, ''), c.due_at, c.last_message, ch.kind, cu.name, t.name, ch.name, c.subject,
    c.last_text, c.last_direction, c.last_at, c.opened_at, c.solved_at, c.snoozed_until, c.unread,
    c.restricted, coalesce(d.text, ''),
    ARRAY(SELECT l.channel_id FROM conversations_label AS l WHERE l.case_id = c.id)
FROM conversations_case AS c
JOIN customers_customer AS cu ON cu.id = c.customer_id
JOIN staff_team AS t ON t.id = c.team_id
JOIN channels_channel AS ch ON ch.id = c.channel_id
LEFT JOIN staff_staff AS o ON o.id = c.owner_id
LEFT JOIN conversations_draft AS d ON d.case_id = c.id AND d.staff_id = %(staff)s
WHERE c.id = ANY(%(ids)s::bigint[])
    AND (NOT c.restricted OR %(everything)s OR c.team_id = ANY(%(teams)s::bigint[]))
    AND (%(everything)s OR cu.teams && %(teams)s::bigint[])
