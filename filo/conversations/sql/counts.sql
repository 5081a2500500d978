-- counts: the numbers beside the desk's views; none counts further than a thousand.
SELECT
    (SELECT count(*) FROM (
        SELECT 1 FROM conversations_case AS c
        WHERE c.owner_id = %(staff)s AND c.status IN ('open', 'waiting') AND c.status <> 'solved'
        LIMIT 1000) AS x),
    (SELECT count(*) FROM (
        SELECT 1 FROM conversations_case AS c
        WHERE c.owner_type = 'queue' AND c.status = 'open' AND c.status <> 'solved'
            AND (%(everything)s OR c.team_id = ANY(%(teams)s::bigint[]))
        LIMIT 1000) AS x),
    (SELECT count(*) FROM (
        SELECT 1 FROM conversations_case AS c
        WHERE c.status <> 'solved' AND (%(everything)s OR c.team_id = ANY(%(teams)s::bigint[]))
        LIMIT 1000) AS x),
    (SELECT count(*) FROM (
        SELECT 1 FROM conversations_case AS c
        WHERE c.status = 'waiting' AND c.status <> 'solved'
            AND (%(everything)s OR c.team_id = ANY(%(teams)s::bigint[]))
        LIMIT 1000) AS x),
    (SELECT count(*) FROM (
        SELECT 1 FROM conversations_case AS c
        WHERE c.status = 'snoozed' AND (%(everything)s OR c.team_id = ANY(%(teams)s::bigint[]))
        LIMIT 1000) AS x),
    (SELECT count(*) FROM (
        SELECT 1 FROM conversations_mention AS n
        WHERE n.staff_id = %(staff)s AND n.seen_at IS NULL
        LIMIT 1000) AS x)
