-- refuse: what they said last counts, in whichever order it reached us.
INSERT INTO outbound_refusal AS known (identity_id, purpose, at, back_at)
SELECT DISTINCT ON (identity, purpose) identity, purpose, at, CASE WHEN back THEN at END
FROM unnest(%(identities)s::bigint[], %(purposes)s::text[], %(ats)s::timestamptz[],
    %(backs)s::boolean[]) AS t (identity, purpose, at, back)
ORDER BY identity, purpose, at DESC
ON CONFLICT ON CONSTRAINT refusal_once_a_purpose DO UPDATE
SET at = EXCLUDED.at, back_at = EXCLUDED.back_at
WHERE known.at <= EXCLUDED.at
RETURNING identity_id, purpose, back_at IS NOT NULL
