-- orphans: deliveries whose sender is gone: its session lock is free AND the attempt is older
-- than any call can last (a crash of the database frees locks too).
SELECT d.id, d.attempt, d.owner
FROM conversations_delivery AS d
WHERE d.state = 'pending' AND d.owner IS NOT NULL
    AND d.attempted_at < now() - %(older)s
    AND NOT EXISTS (
        SELECT 1
        FROM pg_locks AS l
        JOIN pg_database AS db ON db.oid = l.database AND db.datname = current_database()
        WHERE l.locktype = 'advisory' AND l.granted AND l.classid = %(space)s
            AND l.objid = d.owner
    )
ORDER BY d.id
LIMIT 200
