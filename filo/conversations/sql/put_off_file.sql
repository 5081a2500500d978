-- put_off_file: it could not be had now; again later.
UPDATE conversations_attachment
SET due_at = %(due)s, reason = %(reason)s
WHERE id = %(id)s
  AND state = 'pending'
