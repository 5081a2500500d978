-- reported_on: the deliveries that these reports speak of, by the provider's id or by ours.
SELECT t.n, d.id, d.message_id, m.customer_id, m.case_id
FROM unnest(%(provider_ids)s::text[], %(refs)s::bigint[]) WITH ORDINALITY
    AS t (provider_id, ref, n)
CROSS JOIN LATERAL (
    SELECT id, message_id FROM conversations_delivery
    WHERE id = t.ref
    UNION
    SELECT id, message_id FROM conversations_delivery
    WHERE provider_id = t.provider_id AND provider_id <> ''
) AS d
JOIN conversations_message AS m ON m.id = d.message_id
