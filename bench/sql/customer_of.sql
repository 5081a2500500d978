-- customer_of: whose case it is. The unsolved ones belong each to another customer.
CREATE FUNCTION bench_customer(k bigint, customers bigint, solved bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN k > solved THEN 1 + (k * 7919) % customers
        ELSE 1 + (hashint8(k) & 2147483647) % customers END
$$
