-- expose: which messages stand in public, below what, and how far they reach.
INSERT INTO conversations_exposure (message_id, post_id, above, reach, rating, url, points_to)
SELECT t.message, p.id, t.above, t.reach, t.rating, t.url, t.points_to
FROM unnest(%(messages)s::bigint[], %(channels)s::bigint[], %(posts)s::text[], %(aboves)s::text[],
    %(reaches)s::bigint[], %(ratings)s::smallint[], %(urls)s::text[], %(points_to)s::bigint[])
    AS t (message, channel, post, above, reach, rating, url, points_to)
LEFT JOIN conversations_post AS p ON p.channel_id = t.channel AND p.provider_id = t.post
ORDER BY t.message
