-- mentions: cases with notes that name the reader, newest first.
SELECT m.case_id, max(m.id) AS last
FROM conversations_mention AS n
JOIN conversations_message AS m ON m.id = n.message_id
WHERE n.staff_id = %(staff)s AND n.seen_at IS NULL
GROUP BY m.case_id
ORDER BY last DESC
LIMIT %(many)s
