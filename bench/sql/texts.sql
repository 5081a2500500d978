-- texts: the sentences as the product would store them.
UPDATE bench_text
SET preview = left(words, 80),
    parts = jsonb_build_array(jsonb_build_object('type', 'text', 'text', words)),
    ts = to_tsvector('simple', words) || to_tsvector('italian', words) || to_tsvector('english', words)
