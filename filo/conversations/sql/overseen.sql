-- overseen: how public words stand after what was done in the provider's page; whatever the order, one
-- state comes out. What we did there ourselves comes back too: that is no deed of somebody else's.
WITH told AS (
    SELECT DISTINCT t.message, t.action, t.at
    FROM unnest(%(messages)s::bigint[], %(actions)s::text[], %(ats)s::timestamptz[])
        AS t (message, action, at)
    JOIN conversations_exposure AS e ON e.message_id = t.message
),
stands AS (
    UPDATE conversations_exposure AS e
    SET hidden_at = greatest(e.hidden_at, t.hidden), shown_at = greatest(e.shown_at, t.shown),
        liked_at = greatest(e.liked_at, t.liked), unliked_at = greatest(e.unliked_at, t.unliked),
        deleted_at = least(e.deleted_at, t.deleted)
    FROM (
        SELECT message, max(at) FILTER (WHERE action = 'hide') AS hidden,
            max(at) FILTER (WHERE action = 'unhide') AS shown,
            max(at) FILTER (WHERE action = 'like') AS liked,
            max(at) FILTER (WHERE action = 'unlike') AS unliked,
            min(at) FILTER (WHERE action = 'delete') AS deleted
        FROM told GROUP BY message
    ) AS t
    WHERE e.message_id = t.message
)
INSERT INTO conversations_moderation (message_id, action, state, elsewhere, at)
SELECT t.message, t.action, 'carried_out', true, t.at
FROM told AS t
WHERE NOT EXISTS (
    SELECT 1 FROM conversations_moderation AS o
    WHERE o.message_id = t.message AND o.action = t.action AND CASE WHEN o.elsewhere THEN o.at = t.at
        ELSE t.at BETWEEN o.at - interval '5 seconds' AND o.due_at + interval '1 minute'
            AND (o.state = 'carried_out' OR (o.state = 'pending' AND o.tries > 0))
        END
)
ORDER BY t.message, t.at, t.action
RETURNING message_id, action
