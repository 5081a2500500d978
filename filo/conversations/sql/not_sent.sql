-- not_sent: it failed, must wait, or nobody knows. Fenced by the number of the attempt; where
-- nobody was called, the number is given back.
UPDATE conversations_delivery AS d
SET state = CASE WHEN d.state = 'pending' THEN %(state)s ELSE d.state END,
    reason = %(reason)s,
    detail = %(detail)s,
    due_at = coalesce(%(due)s, d.due_at),
    owner = NULL,
    attempt = d.attempt - %(back)s,
    changed_at = now()
WHERE d.id = %(id)s AND d.attempt = %(attempt)s AND d.owner = %(owner)s
RETURNING d.state
