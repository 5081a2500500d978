-- born: one customer for each name, in the order of the names.
INSERT INTO customers_customer (name, ts)
SELECT name, to_tsvector('simple', folded)
FROM unnest(%(names)s::text[], %(folded)s::text[]) WITH ORDINALITY AS t (name, folded, n)
ORDER BY n
RETURNING id
