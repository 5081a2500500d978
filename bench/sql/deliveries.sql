-- deliveries: one for each answer of ours, all long settled.
INSERT INTO conversations_delivery (id, message_id, part, spoken, identity_id, channel_id, state,
    due_at, attempt, provider_id, changed_at)
OVERRIDING SYSTEM VALUE
SELECT n, 3 * n - 2, 0, '{"type": "text", "text": "Le rispondiamo subito, grazie."}',
    1 + (hashint8(n) & 2147483647) %% %(customers)s, %(channel)s,
    CASE n %% 10 WHEN 0 THEN 'failed' WHEN 1 THEN 'sent' WHEN 2 THEN 'delivered' ELSE 'read' END,
    now() - interval '2 days', 1, 'sent-' || n, now() - interval '2 days'
FROM generate_series(1, %(messages)s::bigint / 3) AS n
