-- age_deliveries: delivered half a minute after it was said.
UPDATE conversations_delivery AS delivery
SET due_at = past.at, attempted_at = past.at, changed_at = past.at + interval '30 seconds'
FROM unnest(%(ids)s::bigint[], %(ats)s::timestamptz[]) AS past (id, at)
WHERE delivery.message_id = past.id
