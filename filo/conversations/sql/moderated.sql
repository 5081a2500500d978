-- moderated: what became of it, and how the words stand now.
WITH ended AS (
    UPDATE conversations_moderation
    SET state = %(state)s, detail = %(detail)s, due_at = coalesce(%(due)s, due_at)
    WHERE id = %(id)s AND state = 'pending'
    RETURNING message_id
)
UPDATE conversations_exposure AS e
SET hidden_at = CASE %(action)s WHEN 'hide' THEN now() WHEN 'unhide' THEN NULL ELSE hidden_at END,
    liked_at = CASE %(action)s WHEN 'like' THEN now() WHEN 'unlike' THEN NULL ELSE liked_at END,
    deleted_at = CASE %(action)s WHEN 'delete' THEN now() ELSE deleted_at END
FROM ended
WHERE e.message_id = ended.message_id AND %(state)s = 'carried_out'
