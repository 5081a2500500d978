-- label: the same mail came to another of our mailboxes: one case, two labels.
INSERT INTO conversations_label (case_id, channel_id)
SELECT DISTINCT m.case_id, t.channel
FROM unnest(%(ids)s::text[], %(channels)s::bigint[]) AS t (provider_id, channel)
JOIN conversations_message AS m ON m.provider_id = t.provider_id AND m.channel_id <> t.channel
ON CONFLICT ON CONSTRAINT label_once DO NOTHING
