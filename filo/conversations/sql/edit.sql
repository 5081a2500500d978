-- edit: what the messages say now. A withdrawn one stays withdrawn; an older edit loses, and of two
-- of one moment always the same one wins, whichever came first.
UPDATE conversations_message AS m
SET parts = t.parts,
    ts = to_tsvector('simple', t.words) || to_tsvector('italian', t.words)
        || to_tsvector('english', t.words),
    edited_at = t.at
FROM (
    SELECT DISTINCT ON (id) id, parts::jsonb AS parts, words, at, shown
    FROM unnest(%(messages)s::bigint[], %(parts)s::text[], %(words)s::text[], %(ats)s::timestamptz[],
        %(shown)s::text[]) AS u (id, parts, words, at, shown)
    ORDER BY id, at DESC, parts::jsonb DESC
) AS t
WHERE m.id = t.id AND m.withdrawn_at IS NULL
    AND (m.edited_at IS NULL OR (m.edited_at, m.parts) < (t.at, t.parts))
RETURNING m.id, t.shown
