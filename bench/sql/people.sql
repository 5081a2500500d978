-- people: one customer and one address each, with names that many share.
INSERT INTO customers_customer (id, name, teams, ts, created_at)
OVERRIDING SYSTEM VALUE
SELECT n, name, ARRAY[%(team)s::bigint + n %% %(teams)s], to_tsvector('simple', lower(name)),
    now() - interval '400 days'
FROM generate_series(1, %(customers)s::bigint) AS n,
    LATERAL (SELECT (%(firsts)s::text[])[1 + (hashint8(n) & 63)] || ' '
        || (%(lasts)s::text[])[1 + (hashint8(n + 7) & 255)] AS name) AS x
