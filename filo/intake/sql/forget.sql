-- forget: calls older than their time, some of the oldest at a time. What still waits is kept, whatever its age.
-- The inner list is bounded before its ages are asked: `at` alone has no index, and the oldest have the smallest ids.
DELETE FROM intake_journal AS j
USING (SELECT id FROM intake_journal ORDER BY id LIMIT %(limit)s) AS oldest
WHERE j.id = oldest.id
    AND j.at < %(before)s
    AND j.state <> 0
    AND NOT EXISTS (SELECT 1 FROM intake_parked AS p WHERE p.journal = j.id)
RETURNING j.file
