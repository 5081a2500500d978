-- moderated: what became of it, and how the words stand now. Ours is the later word, also where the
-- provider's clock, by which it was shown or liked before, goes ahead of ours.
WITH ended AS (
    UPDATE conversations_moderation
    SET state = %(state)s, detail = %(detail)s, due_at = coalesce(%(due)s, due_at)
    WHERE id = %(id)s AND state = 'pending'
    RETURNING message_id
)
UPDATE conversations_exposure AS e
SET hidden_at = CASE %(action)s WHEN 'hide'
        THEN greatest(now(), hidden_at, shown_at + interval '1 microsecond') ELSE hidden_at END,
    shown_at = CASE %(action)s WHEN 'unhide' THEN greatest(now(), hidden_at, shown_at) ELSE shown_at END,
    liked_at = CASE %(action)s WHEN 'like'
        THEN greatest(now(), liked_at, unliked_at + interval '1 microsecond') ELSE liked_at END,
    unliked_at = CASE %(action)s WHEN 'unlike'
        THEN greatest(now(), liked_at, unliked_at) ELSE unliked_at END,
    deleted_at = CASE %(action)s WHEN 'delete' THEN least(now(), deleted_at) ELSE deleted_at END
FROM ended
WHERE e.message_id = ended.message_id AND %(state)s = 'carried_out'
