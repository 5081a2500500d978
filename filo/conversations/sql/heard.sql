-- heard: the customer wrote, so the case wants an answer (an automatic mail changes no status); or
-- the company answered in the provider's own app, so it waits for the customer.
UPDATE conversations_case AS c
SET status = CASE WHEN t.ours THEN 'waiting'
        WHEN t.automatic AND c.status <> 'solved' THEN c.status
        WHEN t.automatic THEN 'waiting' ELSE 'open' END,
    solved_at = NULL,
    snoozed_until = CASE WHEN t.automatic AND NOT t.ours THEN c.snoozed_until END,
    due_at = CASE WHEN NOT t.ours THEN c.due_at END,
    replied_at = CASE WHEN t.ours THEN coalesce(c.replied_at, t.at) ELSE c.replied_at END,
    last_message = t.message,
    last_at = t.at,
    last_text = t.words,
    last_direction = CASE WHEN t.ours THEN 'out' ELSE 'in' END,
    unread = CASE WHEN t.ours THEN 0 ELSE c.unread + t.many END
FROM unnest(%(cases)s::bigint[], %(messages)s::bigint[], %(ats)s::timestamptz[],
    %(words)s::text[], %(many)s::int[], %(automatics)s::boolean[], %(ours)s::boolean[])
    AS t (id, message, at, words, many, automatic, ours)
WHERE c.id = t.id
