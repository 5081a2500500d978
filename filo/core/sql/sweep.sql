-- sweep: a few buckets that nobody has taken from for a day; they are full, as new ones are.
DELETE FROM core_bucket
WHERE name IN (
    SELECT name
    FROM core_bucket
    WHERE at < clock_timestamp() - interval '1 day'
    LIMIT 20
    FOR UPDATE SKIP LOCKED
)
