-- not_refused: of these addresses, those whose holder has not said no to all of us since.
SELECT t.identity
FROM unnest(%(identities)s::bigint[]) AS t (identity)
WHERE NOT EXISTS (
    SELECT 1 FROM outbound_refusal AS r
    WHERE r.identity_id = t.identity AND r.purpose = '' AND r.back_at IS NULL
)
