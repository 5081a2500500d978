-- held_back: are there events that a page may not show yet, because something older still runs?
SELECT EXISTS (
    SELECT 1
    FROM core_event e
    WHERE e.xid >= %(end)s::text::xid8
)
