-- messages: in the order of arrival; those of one case lie some hundreds apart, as in life.
INSERT INTO conversations_message (id, customer_id, case_id, identity_id, channel_id, seq,
    direction, visibility, parts, ts, author_id, provider_id, said_at, at)
OVERRIDING SYSTEM VALUE
SELECT n, customer, k, customer, %(channel)s, n,
    CASE WHEN n %% 3 = 1 THEN 'out' ELSE 'in' END, 'private', text.parts,
    text.ts || array_to_tsvector(ARRAY['ab' || lpad(n::text, 9, '0')]),
    CASE WHEN n %% 3 = 1 THEN %(staff)s + n %% %(colleagues)s END,
    CASE WHEN n %% 3 <> 1 THEN 'old-' || n ELSE '' END, at, at
FROM (
    SELECT n, k, bench_customer(k, %(customers)s, %(solved)s) AS customer,
        now() - interval '365 days' * ((%(messages)s - n)::float8 / %(messages)s) AS at
    FROM generate_series(1, %(messages)s::bigint) AS n
    CROSS JOIN LATERAL (
        SELECT 1 + ((n - 1) / 3 - (n %% 3) * %(apart)s + %(cases)s) %% %(cases)s AS k
    ) AS y
) AS x
JOIN bench_text AS text ON text.place = hashint8(x.n) & 16383
