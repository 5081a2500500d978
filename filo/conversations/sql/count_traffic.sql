-- count_traffic: what the sends of these channels came to in this hour.
INSERT INTO channels_traffic AS t (channel_id, hour, sent, failed)
SELECT channel, date_trunc('hour', now()), sent, failed
FROM unnest(%(channels)s::bigint[], %(sent)s::bigint[], %(failed)s::bigint[])
    AS u (channel, sent, failed)
ON CONFLICT ON CONSTRAINT traffic_of_an_hour_once DO UPDATE
SET sent = t.sent + excluded.sent, failed = t.failed + excluded.failed
