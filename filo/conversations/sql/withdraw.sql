-- withdraw: the customer took it back; the words stay in the revision alone. Of several times the first holds.
UPDATE conversations_message AS m
SET parts = '[]'::jsonb, ts = NULL, edited_at = NULL, withdrawn_at = least(m.withdrawn_at, t.at)
FROM unnest(%(messages)s::bigint[], %(ats)s::timestamptz[]) AS t (id, at)
WHERE m.id = t.id
