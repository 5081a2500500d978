-- take_files: files that are due, each for one worker alone. The session lock, not a lease, says
-- whose it is: it is gone the moment its worker dies, and kept while its worker is only slow.
WITH due AS MATERIALIZED (
    SELECT id
    FROM conversations_attachment
    WHERE state = 'pending'
      AND due_at <= %(at)s
      AND NOT id = ANY(%(held)s::bigint[])
    ORDER BY due_at
    LIMIT %(most)s
), ours AS MATERIALIZED (
    SELECT id
    FROM due
    WHERE pg_try_advisory_lock(%(space)s, (id %% 2147483647)::int)
)
UPDATE conversations_attachment AS file
SET tries = file.tries + 1
FROM ours
WHERE file.id = ours.id
  AND file.state = 'pending'
  AND file.due_at <= %(at)s
RETURNING file.id, file.message_id, file.ordinal, file.channel_id, file.journal, file.mime,
    file.name, file.size, file.ref, file.sha256, file.tries
