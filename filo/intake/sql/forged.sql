-- forged: count the calls that were refused; nothing of them is stored.
INSERT INTO channels_health AS h (channel_id, forged)
SELECT channel, many
FROM unnest(%(channels)s::bigint[], %(many)s::bigint[]) AS t (channel, many)
ORDER BY channel
ON CONFLICT (channel_id) DO UPDATE SET forged = h.forged + excluded.forged
