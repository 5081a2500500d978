-- enrol: one row a device. What was said before it came is no news to it, so it is told from the
-- newest message on; an owner's oldest devices make room.
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
    (channel_id, space, value, platform, address, keys, build, language, seen_at, told)
SELECT %(channel)s, %(space)s, %(value)s, %(platform)s, %(address)s, %(keys)s::jsonb, %(build)s,
    %(language)s, %(at)s, coalesce(max(id), 0)
FROM conversations_message
ON CONFLICT (channel_id, address) DO UPDATE
SET space = EXCLUDED.space, value = EXCLUDED.value, platform = EXCLUDED.platform,
    keys = EXCLUDED.keys, build = EXCLUDED.build, language = EXCLUDED.language,
    seen_at = EXCLUDED.seen_at,
    told = CASE
        WHEN (known.space, known.value) = (EXCLUDED.space, EXCLUDED.value) THEN known.told
        ELSE EXCLUDED.told
    END
