-- answered: we have spoken, so the case waits for the customer and no promise runs.
UPDATE conversations_case
SET status = 'waiting',
    snoozed_until = NULL,
    due_at = NULL,
    replied_at = coalesce(replied_at, %(at)s),
    owner_type = 'person',
    owner_id = CASE WHEN owner_type = 'person' THEN owner_id ELSE %(staff)s END,
    last_message = %(message)s,
    last_at = %(at)s,
    last_text = %(words)s,
    last_direction = 'out',
    unread = 0
WHERE id = %(case)s
