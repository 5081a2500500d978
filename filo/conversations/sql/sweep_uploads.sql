-- sweep_uploads: uploads that no message took; returns the hashes that no other file has.
WITH swept AS (
    DELETE FROM conversations_attachment
    WHERE message_id IS NULL
      AND at < CASE WHEN staff_id IS NULL THEN %(visitors)s ELSE %(before)s END
    RETURNING id, sha256
)
SELECT DISTINCT swept.sha256
FROM swept
WHERE NOT EXISTS (
    SELECT 1
    FROM conversations_attachment AS other
    WHERE other.sha256 = swept.sha256
      AND NOT EXISTS (SELECT 1 FROM swept AS gone WHERE gone.id = other.id)
  )
