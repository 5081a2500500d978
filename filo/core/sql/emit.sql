-- emit: append what happened. One statement whatever the count.
INSERT INTO core_event (type, customer, "case", body)
SELECT type, customer, case_id, body::jsonb
FROM unnest(%(types)s::text[], %(customers)s::bigint[], %(cases)s::bigint[], %(bodies)s::text[])
    AS t (type, customer, case_id, body)
