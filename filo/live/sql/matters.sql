-- matters: what happened and is no customer's, the newest first.
SELECT e.xid::text::bigint, e.id, e.at, e.type, e.customer, e."case", e.body
FROM core_event e
WHERE e.customer IS NULL
    AND e."case" IS NULL
    AND (%(before)s::bigint IS NULL OR e.id < %(before)s)
ORDER BY e.id DESC
LIMIT %(limit)s
