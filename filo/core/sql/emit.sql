-- emit: append what happened. One statement whatever the count.
INSERT INTO core_event (at, type, customer, "case", body)
SELECT %(at)s, type, customer, case_id, body::jsonb
FROM unnest(%(types)s::text[], %(customers)s::bigint[], %(cases)s::bigint[], %(bodies)s::text[])
    AS t (type, customer, case_id, body)
