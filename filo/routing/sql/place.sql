-- place: a case in which a customer has spoken must be answered by then, unless an older
-- promise stands. Automatic words start no clock.
UPDATE conversations_case AS c
SET due_at = t.due
FROM unnest(%(cases)s::bigint[], %(dues)s::timestamptz[]) AS t (id, due)
WHERE c.id = t.id AND c.due_at IS NULL
