-- come_back: they wrote after they had said no to all of us.
UPDATE outbound_refusal AS known
SET at = t.at, back_at = t.at
FROM unnest(%(identities)s::bigint[], %(ats)s::timestamptz[]) AS t (identity, at)
WHERE known.identity_id = t.identity AND known.purpose = '' AND known.back_at IS NULL
    AND known.at <= t.at
