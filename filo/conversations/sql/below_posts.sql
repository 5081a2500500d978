-- below_posts: what was said below these posts, by whomever the reader may read; the newest, oldest
-- first.
SELECT x.id
FROM (
    SELECT m.id
    FROM conversations_exposure AS e
    JOIN conversations_message AS m ON m.id = e.message_id
    JOIN conversations_case AS c ON c.id = m.case_id
    JOIN customers_customer AS cu ON cu.id = m.customer_id
    WHERE e.post_id = ANY(%(posts)s::bigint[])
        AND (%(everything)s OR cu.teams && %(teams)s::bigint[])
        AND (NOT c.restricted OR %(everything)s OR c.team_id = ANY(%(teams)s::bigint[]))
    ORDER BY m.id DESC
    LIMIT %(many)s
) AS x
ORDER BY x.id
