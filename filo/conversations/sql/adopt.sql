-- adopt: take an orphan over, unless somebody else was faster.
UPDATE conversations_delivery AS d
SET owner = %(owner)s, attempt = d.attempt + 1, attempted_at = now()
WHERE d.id = %(id)s AND d.attempt = %(attempt)s AND d.owner = %(gone)s AND d.state = 'pending'
RETURNING d.id
