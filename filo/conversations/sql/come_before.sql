-- come_before: what cannot be applied yet waits for the words it is about; so many of one customer at most,
-- and more of a channel (its number, negative), where nobody knows whose words they will be.
INSERT INTO conversations_earlychange (kind, customer, provider_id, message, heard)
SELECT kind, customer, provider_id, message, heard::jsonb
FROM unnest(%(kinds)s::text[], %(customers)s::bigint[], %(provider_ids)s::text[],
    %(messages)s::bigint[], %(heards)s::text[])
    AS t (kind, customer, provider_id, message, heard)
WHERE CASE WHEN t.customer < 0 THEN 10 ELSE 1 END * %(most)s > (SELECT count(*) FROM conversations_earlychange AS e WHERE e.customer = t.customer)
