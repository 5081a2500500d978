-- case_for_writing: a case, locked after its customer, as whoever changes it needs it.
SELECT c.id, c.customer_id, c.team_id, c.channel_id, c.status, c.owner_type, c.owner_id, c.due_at,
    c.subject, c.matter, c.restricted, c.last_message
FROM conversations_case AS c
JOIN customers_customer AS cu ON cu.id = c.customer_id
WHERE c.id = %(case)s
    AND (%(everything)s OR cu.teams && %(teams)s::bigint[])
    AND (NOT c.restricted OR %(everything)s OR c.team_id = ANY(%(teams)s::bigint[]))
