-- complete: words that came after they were shown from their edit: when and about what they were said.
UPDATE conversations_message AS m
SET said_at = t.said_at, subject = t.subject, context = t.context::jsonb
FROM unnest(%(messages)s::bigint[], %(said_ats)s::timestamptz[], %(subjects)s::text[], %(contexts)s::text[])
    AS t (id, said_at, subject, context)
WHERE m.id = t.id
RETURNING m.id, m.customer_id, m.case_id
