-- indexes: all of a table but its primary key: the words that take each off, and that build it.
SELECT
    CASE WHEN k.conname IS NULL THEN 'DROP INDEX ' || c.relname
        ELSE 'ALTER TABLE ' || t.relname || ' DROP CONSTRAINT ' || k.conname END,
    CASE WHEN k.conname IS NULL THEN pg_get_indexdef(i.indexrelid)
        ELSE 'ALTER TABLE ' || t.relname || ' ADD CONSTRAINT ' || k.conname || ' '
            || pg_get_constraintdef(k.oid) END
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
JOIN pg_class AS t ON t.oid = i.indrelid
LEFT JOIN pg_constraint AS k ON k.conindid = i.indexrelid AND k.contype = 'u'
WHERE t.relname = %(table)s AND NOT i.indisprimary
