-- page: events after a position, in the order of (xid, id). It ends before the oldest transaction that
-- still runs: an event with a smaller xid could yet appear, and whoever had read on would skip it for ever.
SELECT e.xid::text::bigint, e.id, e.at, e.type, e.customer, e."case", e.body,
    EXISTS (SELECT 1 FROM core_event h WHERE h.xid >= %(end)s::text::xid8)
FROM core_event e
WHERE (e.xid, e.id) > (%(xid)s::text::xid8, %(id)s)
    AND e.xid < %(end)s::text::xid8
ORDER BY e.xid, e.id
LIMIT %(limit)s
