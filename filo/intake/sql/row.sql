-- row: one call of the journal.
SELECT id, channel, at, headers::text, query::text, coalesce(opened, body), file
FROM intake_journal
WHERE id = %(id)s
