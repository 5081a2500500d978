-- open_cases: one new case for each matter that has none.
INSERT INTO conversations_case (customer_id, team_id, channel_id, matter, subject, opened_at)
SELECT customer, team, channel, matter, subject, at
FROM unnest(%(customers)s::bigint[], %(teams)s::bigint[], %(channels)s::bigint[],
    %(matters)s::text[], %(subjects)s::text[], %(ats)s::timestamptz[])
    AS t (customer, team, channel, matter, subject, at)
RETURNING id, customer_id, matter
