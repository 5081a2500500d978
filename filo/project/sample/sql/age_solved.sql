-- age_solved: solved when the story says so, unless the customer opened it again.
UPDATE conversations_case AS c
SET solved_at = past.at
FROM unnest(%(ids)s::bigint[], %(ats)s::timestamptz[]) AS past (id, at)
WHERE c.id = past.id AND c.solved_at IS NOT NULL
