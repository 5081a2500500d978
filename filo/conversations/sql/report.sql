-- report: a delivery only ever gets further. Reports come late, twice and in any order.
-- Of a voice note that was read and played both are reports of being read: played is the further one.
UPDATE conversations_delivery AS d
SET state = t.state,
    reason = t.reason,
    detail = t.detail,
    provider_id = CASE WHEN d.provider_id = '' THEN t.provider_id ELSE d.provider_id END,
    changed_at = now()
FROM unnest(%(ids)s::bigint[], %(states)s::text[], %(reasons)s::text[], %(details)s::text[],
    %(provider_ids)s::text[]) AS t (id, state, reason, detail, provider_id)
WHERE d.id = t.id
    AND (
        array_position(ARRAY['pending', 'uncertain', 'sent', 'failed', 'delivered', 'read'], t.state),
        CASE t.state WHEN 'read' THEN t.detail ELSE '' END COLLATE "C"
    ) > (
        array_position(ARRAY['pending', 'uncertain', 'sent', 'failed', 'delivered', 'read'], d.state),
        CASE d.state WHEN 'read' THEN d.detail ELSE '' END COLLATE "C"
    )
RETURNING d.id, d.state
