-- answers_at_last: what these messages answer, now that it is known.
UPDATE conversations_message AS m
SET answers = t.answered
FROM unnest(%(messages)s::bigint[], %(answered)s::bigint[]) AS t (id, answered)
WHERE m.id = t.id AND m.answers IS NULL
RETURNING m.id, m.customer_id, m.case_id
