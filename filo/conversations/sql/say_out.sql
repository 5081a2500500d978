-- say_out: what we answer, or note among ourselves.
INSERT INTO conversations_message (customer_id, case_id, identity_id, channel_id, seq, direction,
    visibility, parts, subject, ts, author_id, answers, client_id, context, automatic, said_at, at)
VALUES (%(customer)s, %(case)s, %(identity)s, %(channel)s, %(seq)s, %(direction)s, %(visibility)s,
    %(parts)s::jsonb, %(subject)s,
    to_tsvector('simple', %(words)s) || to_tsvector('italian', %(words)s)
        || to_tsvector('english', %(words)s),
    %(author)s, %(answers)s, %(client_id)s, %(context)s::jsonb, %(automatic)s, %(at)s, %(at)s)
RETURNING id
