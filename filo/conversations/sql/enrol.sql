-- enrol: one row a device; an owner's oldest devices make room. Who takes a device over takes no
-- notice of its old owner along.
WITH room AS (
    DELETE FROM conversations_device
    WHERE id IN (
        SELECT id
        FROM conversations_device
        WHERE space = %(space)s AND value = %(value)s AND address <> %(address)s
        ORDER BY seen_at DESC
        OFFSET %(most)s - 1
    )
)
INSERT INTO conversations_device AS known
    (channel_id, space, value, platform, address, keys, build, language, seen_at)
VALUES (%(channel)s, %(space)s, %(value)s, %(platform)s, %(address)s, %(keys)s::jsonb, %(build)s,
    %(language)s, %(at)s)
ON CONFLICT (channel_id, address) DO UPDATE
SET space = EXCLUDED.space, value = EXCLUDED.value, platform = EXCLUDED.platform,
    keys = EXCLUDED.keys, build = EXCLUDED.build, language = EXCLUDED.language,
    seen_at = EXCLUDED.seen_at,
    due = known.due AND (known.space, known.value) = (EXCLUDED.space, EXCLUDED.value)
