-- page_of: as `page`, for one customer: a visitor who slept for a week must not read everybody's week.
SELECT e.xid::text::bigint, e.id, e.at, e.type, e.customer, e."case", e.body, FALSE
FROM core_event e
WHERE e.customer = %(customer)s
    AND (e.xid, e.id) > (%(xid)s::text::xid8, %(id)s)
    AND e.xid < %(end)s::text::xid8
ORDER BY e.xid, e.id
LIMIT %(limit)s
