-- awaited: what waited for these words of these customers.
DELETE FROM conversations_earlychange AS e
USING unnest(%(customers)s::bigint[], %(provider_ids)s::text[]) AS t (customer, provider_id)
WHERE e.customer = t.customer AND e.provider_id = t.provider_id
RETURNING e.kind, e.customer, e.provider_id, e.message, e.heard::text
