-- events: two for each message, behind those of the teams and people.
INSERT INTO core_event (id, at, type, customer, "case", body)
OVERRIDING SYSTEM VALUE
SELECT 1000 + 2 * n + other, now() - interval '365 days' * ((%(messages)s - n)::float8 / %(messages)s),
    CASE WHEN other = 0 THEN 'message_received' WHEN n %% 3 = 0 THEN 'case_opened'
        WHEN n %% 3 = 1 THEN 'delivery_changed' ELSE 'case_changed' END,
    bench_customer(k, %(customers)s, %(solved)s), k,
    '{"message": "msg_0000000000000", "identity": "idn_0000000000000", "seq": 1}'
FROM (
    SELECT n, 1 + ((n - 1) / 3 - (n %% 3) * %(apart)s + %(cases)s) %% %(cases)s AS k
    FROM generate_series(1, %(messages)s::bigint) AS n
) AS x
CROSS JOIN (VALUES (0), (1)) AS o (other)
