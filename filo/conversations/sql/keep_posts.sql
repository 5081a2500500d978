-- keep_posts: the public places that were spoken below. Later news of one complete it; a row that
-- learns nothing is not written, so that all who comment a hot post do not wait for one another.
INSERT INTO conversations_post AS p (channel_id, provider_id, url, text, by, ours, reach)
SELECT channel, provider_id, url, text, by, ours, reach
FROM unnest(%(channels)s::bigint[], %(provider_ids)s::text[], %(urls)s::text[], %(texts)s::text[],
    %(bys)s::text[], %(ours)s::boolean[], %(reaches)s::bigint[])
    AS t (channel, provider_id, url, text, by, ours, reach)
ORDER BY channel, provider_id
ON CONFLICT ON CONSTRAINT post_once DO UPDATE
SET url = coalesce(nullif(excluded.url, ''), p.url),
    text = coalesce(nullif(excluded.text, ''), p.text),
    by = coalesce(nullif(excluded.by, ''), p.by),
    ours = p.ours OR excluded.ours,
    reach = greatest(p.reach, excluded.reach)
WHERE excluded.reach > p.reach
    OR (excluded.ours AND NOT p.ours)
    OR excluded.url NOT IN ('', p.url)
    OR excluded.text NOT IN ('', p.text)
    OR excluded.by NOT IN ('', p.by)
