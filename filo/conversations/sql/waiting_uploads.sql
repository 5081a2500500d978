-- waiting_uploads: visitors' files that no message has yet: how many are this owner's, and how
-- large they are all together.
SELECT count(*) FILTER (WHERE ref = %(owner)s), COALESCE(sum(size), 0)::bigint
FROM conversations_attachment
WHERE message_id IS NULL
  AND staff_id IS NULL
