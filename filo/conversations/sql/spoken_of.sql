-- spoken_of: messages known by a provider's id, theirs or ours, for answers, reactions, edits.
SELECT m.provider_id, m.id, m.customer_id, m.case_id, m.channel_id, m.identity_id
FROM unnest(%(ids)s::text[]) AS t (provider_id)
CROSS JOIN LATERAL (
    SELECT provider_id, id, customer_id, case_id, channel_id, identity_id
    FROM conversations_message
    WHERE provider_id = t.provider_id AND provider_id <> ''
) AS m
UNION ALL
SELECT d.provider_id, m.id, m.customer_id, m.case_id, m.channel_id, m.identity_id
FROM unnest(%(ids)s::text[]) AS t (provider_id)
CROSS JOIN LATERAL (
    SELECT provider_id, message_id
    FROM conversations_delivery
    WHERE provider_id = t.provider_id AND provider_id <> ''
) AS d
JOIN conversations_message AS m ON m.id = d.message_id
