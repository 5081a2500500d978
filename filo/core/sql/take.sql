-- take: one from a bucket, which fills by itself. One statement, so two processes never both take
-- the last one; no row comes back when the bucket is empty.
INSERT INTO core_bucket AS bucket (name, level, at)
VALUES (%(name)s, %(size)s - 1, clock_timestamp())
ON CONFLICT (name) DO UPDATE
SET level = LEAST(%(size)s, bucket.level + %(rate)s * GREATEST(0, EXTRACT(EPOCH FROM clock_timestamp() - bucket.at))) - 1,
    at = clock_timestamp()
WHERE LEAST(%(size)s, bucket.level + %(rate)s * GREATEST(0, EXTRACT(EPOCH FROM clock_timestamp() - bucket.at))) >= 1
RETURNING level
