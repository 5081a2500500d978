-- came_back: the provider echoed what we said, so it arrived. The sender that still waits for its
-- receipt writes the same; one that gave up finds itself fenced off.
UPDATE conversations_delivery AS d
SET state = 'sent', reason = '', detail = '', provider_id = t.provider_id, owner = NULL,
    changed_at = now()
FROM unnest(%(ids)s::bigint[], %(provider_ids)s::text[]) AS t (id, provider_id)
WHERE d.id = t.id AND d.state IN ('pending', 'uncertain')
RETURNING d.id
