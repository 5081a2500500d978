-- cases: three messages each; the newest twentieth is not solved yet.
INSERT INTO conversations_case (id, customer_id, team_id, channel_id, status, owner_type, owner_id,
    due_at, snoozed_until, opened_at, replied_at, solved_at, last_message, last_at, last_text,
    last_direction, unread)
OVERRIDING SYSTEM VALUE
SELECT k, customer, %(team)s + customer %% %(teams)s, %(channel)s, status,
    CASE WHEN owned THEN 'person' ELSE 'queue' END,
    CASE WHEN owned THEN %(staff)s + k %% %(colleagues)s END,
    CASE WHEN status = 'open' THEN at + interval '1 hour' END,
    CASE WHEN status = 'snoozed' THEN now() + interval '1 day' END,
    at - interval '1 hour', at, CASE WHEN status = 'solved' THEN at END,
    3 * k, at, text.preview, 'in', CASE WHEN status = 'open' THEN 1 ELSE 0 END
FROM (
    SELECT k, bench_customer(k, %(customers)s, %(solved)s) AS customer,
        now() - interval '365 days' * ((%(cases)s - k)::float8 / %(cases)s) AS at,
        hashint8(k + 3) & 127 AS chance
    FROM generate_series(1, %(cases)s::bigint) AS k
) AS x
CROSS JOIN LATERAL (
    SELECT CASE WHEN k <= %(solved)s THEN 'solved' WHEN chance < 76 THEN 'open'
        WHEN chance < 121 THEN 'waiting' ELSE 'snoozed' END AS status,
        chance %% 5 < 2 AS owned
) AS s
JOIN bench_text AS text ON text.place = hashint8(3 * k) & 16383
