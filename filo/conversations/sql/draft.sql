-- draft: one per person and case, only where they may read.
INSERT INTO conversations_draft AS d (staff_id, case_id, text, note, at)
SELECT %(staff)s, c.id, %(text)s, %(note)s, now()
FROM conversations_case AS c
JOIN customers_customer AS cu ON cu.id = c.customer_id
WHERE c.id = %(case)s
    AND (%(everything)s OR cu.teams && %(teams)s::bigint[])
    AND (NOT c.restricted OR %(everything)s OR c.team_id = ANY(%(teams)s::bigint[]))
ON CONFLICT ON CONSTRAINT draft_once
DO UPDATE SET text = excluded.text, note = excluded.note, at = excluded.at
