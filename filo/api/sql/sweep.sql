-- sweep: answers older than a day, a few with every new one, so that nobody has to remember to.
DELETE FROM api_idempotencykey
WHERE id IN (
    SELECT id
    FROM api_idempotencykey
    WHERE at < now() - interval '24 hours'
    ORDER BY at
    LIMIT 20
    FOR UPDATE SKIP LOCKED
)
