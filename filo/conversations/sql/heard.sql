-- heard: the customer wrote, so the case wants an answer (an automatic mail changes no status).
UPDATE conversations_case AS c
SET status = CASE WHEN t.automatic AND c.status <> 'solved' THEN c.status
        WHEN t.automatic THEN 'waiting' ELSE 'open' END,
    solved_at = NULL,
    snoozed_until = CASE WHEN t.automatic THEN c.snoozed_until END,
    last_message = t.message,
    last_at = t.at,
    last_text = t.words,
    last_direction = 'in',
    unread = c.unread + t.many
FROM unnest(%(cases)s::bigint[], %(messages)s::bigint[], %(ats)s::timestamptz[],
    %(words)s::text[], %(many)s::int[], %(automatics)s::boolean[])
    AS t (id, message, at, words, many, automatic)
WHERE c.id = t.id
