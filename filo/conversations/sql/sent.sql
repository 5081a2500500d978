-- sent: the provider took it. A report may have been faster: a state only ever gets further.
-- A late writer is fenced off by the number of the attempt.
UPDATE conversations_delivery AS d
SET state = CASE WHEN d.state IN ('pending', 'uncertain') THEN %(state)s ELSE d.state END,
    reason = CASE WHEN d.state IN ('pending', 'uncertain') THEN '' ELSE d.reason END,
    provider_id = %(provider_id)s,
    owner = NULL,
    changed_at = now()
WHERE d.id = %(id)s AND d.attempt = %(attempt)s
RETURNING d.state
