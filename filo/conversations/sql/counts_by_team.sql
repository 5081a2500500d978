-- counts_by_team: unsolved cases of each team that the scope works for, a thousand at most.
SELECT t.id, (SELECT count(*) FROM (
    SELECT 1 FROM conversations_case AS c
    WHERE c.team_id = t.id AND c.status <> 'solved'
    LIMIT 1000) AS x)
FROM staff_team AS t
WHERE %(everything)s OR t.id = ANY(%(teams)s::bigint[])
ORDER BY t.id
