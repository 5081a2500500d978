-- withdraw: the customer took it back; the words stay in the revision alone.
UPDATE conversations_message AS m
SET parts = '[]'::jsonb, ts = NULL, withdrawn_at = t.at
FROM unnest(%(messages)s::bigint[], %(ats)s::timestamptz[]) AS t (id, at)
WHERE m.id = t.id AND m.withdrawn_at IS NULL
