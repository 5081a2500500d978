-- exposures: how these public messages stand, and what each answers, whoever wrote that.
SELECT e.message_id, CASE WHEN m.direction = 'in' THEN cu.name ELSE '' END, p.id, p.url, p.text,
    p.by, p.ours, p.reach,
    coalesce((
        SELECT up.message_id
        FROM conversations_message AS am
        JOIN conversations_exposure AS up ON up.message_id = am.id
        WHERE am.provider_id = e.above AND e.above <> '' AND am.provider_id <> ''
            AND up.post_id IS NOT DISTINCT FROM e.post_id
        ORDER BY am.id LIMIT 1
    ), (
        SELECT up.message_id
        FROM conversations_delivery AS ad
        JOIN conversations_exposure AS up ON up.message_id = ad.message_id
        WHERE ad.provider_id = e.above AND e.above <> '' AND ad.provider_id <> ''
            AND up.post_id IS NOT DISTINCT FROM e.post_id
        ORDER BY ad.id LIMIT 1
    )),
    e.reach, e.rating, e.url, coalesce(e.hidden_at > coalesce(e.shown_at, '-infinity'), false),
    coalesce(e.liked_at > coalesce(e.unliked_at, '-infinity'), false),
    e.deleted_at IS NOT NULL, e.continued_by, e.points_to
FROM conversations_exposure AS e
JOIN conversations_message AS m ON m.id = e.message_id
JOIN customers_customer AS cu ON cu.id = m.customer_id
LEFT JOIN conversations_post AS p ON p.id = e.post_id
WHERE e.message_id = ANY(%(ids)s::bigint[])
