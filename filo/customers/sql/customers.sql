-- customers: people by number, as far as the reader's teams reach.
SELECT id, name, language, created_at
FROM customers_customer
WHERE id = ANY(%(ids)s::bigint[]) AND (%(everything)s OR teams && %(teams)s::bigint[])
