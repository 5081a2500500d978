-- say_in: what customers said, and what the company said in the provider's own app, in the order
-- in which it came.
INSERT INTO conversations_message (customer_id, case_id, identity_id, channel_id, seq, direction,
    visibility, parts, subject, ts, answers, provider_id, client_id, context, automatic, said_at, at)
SELECT customer, "case", identity, channel, seq, direction, visibility, parts::jsonb, subject,
    to_tsvector('simple', words) || to_tsvector('italian', words) || to_tsvector('english', words),
    answers, provider_id, client_id, context::jsonb, automatic, said_at, at
FROM unnest(%(customers)s::bigint[], %(cases)s::bigint[], %(identities)s::bigint[],
    %(channels)s::bigint[], %(seqs)s::bigint[], %(directions)s::text[], %(visibilities)s::text[],
    %(parts)s::text[], %(subjects)s::text[], %(words)s::text[], %(answers)s::bigint[], %(provider_ids)s::text[],
    %(client_ids)s::text[], %(contexts)s::text[], %(automatics)s::boolean[],
    %(said_ats)s::timestamptz[], %(ats)s::timestamptz[])
    WITH ORDINALITY AS t (customer, "case", identity, channel, seq, direction, visibility, parts,
        subject, words, answers, provider_id, client_id, context, automatic, said_at, at, n)
ORDER BY n
RETURNING id
