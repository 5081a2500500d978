-- metrics: what waits, what failed, how old. Every count stands on a partial index, so that a probe stays cheap
-- whatever the size of the house; totals of large tables are the planner's own estimates.
SELECT 'filo_journal_waiting' AS name, '' AS label, count(*)::float8 AS value FROM intake_journal WHERE state = 0
UNION ALL
SELECT 'filo_journal_oldest_seconds', '', coalesce(extract(epoch FROM now() - min(at)), 0)::float8
FROM (SELECT at FROM intake_journal WHERE state = 0 ORDER BY lane, id LIMIT 1000) AS oldest
UNION ALL
SELECT 'filo_journal_unread', '', count(*)::float8 FROM intake_journal WHERE state = 2
UNION ALL
SELECT 'filo_parked', '', count(*)::float8 FROM intake_parked WHERE NOT dead
UNION ALL
SELECT 'filo_dead_letters', '', count(*)::float8 FROM intake_parked WHERE dead
UNION ALL
SELECT 'filo_deliveries_pending', reason, count(*)::float8
FROM conversations_delivery WHERE state = 'pending' GROUP BY reason
UNION ALL
SELECT 'filo_rows_estimated', relname, greatest(reltuples, 0)::float8 FROM pg_class
WHERE relname IN ('conversations_message', 'conversations_case', 'customers_customer', 'core_event', 'intake_journal')
UNION ALL
SELECT 'filo_database_bytes', '', pg_database_size(current_database())::float8
UNION ALL
SELECT 'filo_database_connections', coalesce(state, 'none'), count(*)::float8
FROM pg_stat_activity WHERE datname = current_database() GROUP BY state
UNION ALL
SELECT 'filo_channel_' || fact, channel.kind || ':' || channel.id, amount::float8
FROM channels_health AS health
JOIN channels_channel AS channel ON channel.id = health.channel_id
CROSS JOIN LATERAL (VALUES
    ('forged', health.forged), ('unknown', health.unknown),
    ('conflicts', health.conflicts), ('failures', health.failures),
    ('needs_you', CASE WHEN health.state = 'ok' THEN 0 ELSE 1 END)
) AS facts (fact, amount)
