-- whose: the customer behind the names that a visitor has proved, the strongest name first.
SELECT i.customer_id
FROM unnest(%(spaces)s::text[], %(values)s::text[]) WITH ORDINALITY AS t (space, value, n)
JOIN customers_identity i ON i.space = t.space AND i.value = t.value
ORDER BY t.n
LIMIT 1
