-- edit: what the messages say now. A withdrawn one stays withdrawn; an older edit loses.
UPDATE conversations_message AS m
SET parts = t.parts::jsonb,
    ts = to_tsvector('simple', t.words) || to_tsvector('italian', t.words)
        || to_tsvector('english', t.words),
    edited_at = t.at
FROM unnest(%(messages)s::bigint[], %(parts)s::text[], %(words)s::text[], %(ats)s::timestamptz[])
    AS t (id, parts, words, at)
WHERE m.id = t.id AND m.withdrawn_at IS NULL AND (m.edited_at IS NULL OR m.edited_at <= t.at)
