-- channels: every connected number, page or mailbox with its state.
SELECT channel.id, channel.kind, channel.name, CASE WHEN channel.active THEN coalesce(health.state, 'ok') ELSE 'off' END
FROM channels_channel AS channel
LEFT JOIN channels_health AS health ON health.channel_id = channel.id
ORDER BY channel.id
