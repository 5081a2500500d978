-- linked: reasons why two identities are one person; a living one is not said twice.
INSERT INTO customers_link (one_id, other_id, source)
SELECT one, other, %(source)s
FROM unnest(%(ones)s::bigint[], %(others)s::bigint[]) AS t (one, other)
ON CONFLICT (one_id, other_id, source) WHERE withdrawn_at IS NULL DO NOTHING
