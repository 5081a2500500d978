"""Recognise people by their addresses, and keep why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from filo.channels.contract import Handle
from filo.core.db import Cursor
from filo.core.events import Happening, emit, ring
from filo.core.ids import public
from filo.core.sql import statements
from filo.core.text import fold, storable
from filo.customers.matching import Circle, Pair, group
from filo.customers.types import Known
from filo.staff.types import Scope

sql = statements("filo.customers")
Book = dict[Pair, Known]


def recognise(
    cur: Cursor, handles: Iterable[Handle], *, source: str = "provider", verified: bool = False
) -> Book:
    """Who are these? Every address they hold, known or new, to its identity and customer.

    A fixed number of statements whatever the count. Addresses attested together belong to one
    customer when at least one of them is new; two known customers are linked, never merged here.
    """
    handles = list(handles)
    groups = group(handles)
    pairs = sorted({pair for circle in groups for pair in circle.pairs})
    known = _who(cur, pairs)
    strangers = [circle for circle in groups if not any(p in known for p in circle.pairs)]
    born = _born(cur, [circle.name for circle in strangers])
    home = {id(circle): customer for circle, customer in zip(strangers, born, strict=True)}
    new = [
        (pair, circle.name, home.get(id(circle)) or _home(known, circle.pairs))
        for circle in groups
        for pair in circle.pairs
        if pair not in known
    ]
    if new:
        known |= _named(cur, new, source=source, verified=verified)
        known |= _lost_races(cur, new, known, born)
    richer = {customer for _, _, customer in new if customer not in set(born)}
    _tell(cur, richer | _call(cur, groups, known))
    _link(cur, [[(one.space, one.value), *one.also] for one in handles], known, source)
    return known


def lock(cur: Cursor, customers: Iterable[int]) -> None:
    """Hold these customers until commit. The first thing that any writer does."""
    cur.execute(sql("lock"), {"customers": sorted(set(customers))})


def block(cur: Cursor, wishes: Sequence[tuple[int, bool]]) -> None:
    """Which addresses want nothing of us from now on (True), and which want us again."""
    if not wishes:
        return
    rows = cur.execute(
        sql("block"),
        {"identities": [one for one, _ in wishes], "blocked": [blocked for _, blocked in wishes]},
    ).fetchall()
    _tell(cur, {customer for (customer,) in rows})
    ring(cur)


def rename(cur: Cursor, customer: int, name: str) -> None:
    """Call a customer by the name a person gave them."""
    cur.execute(
        "UPDATE customers_customer SET name = %s, ts = to_tsvector('simple', %s) WHERE id = %s",
        [storable(name), fold(storable(name)), customer],
    )
    _tell(cur, {customer})
    ring(cur)


def looked_up(
    cur: Cursor, actor: Scope, place: str, found: Sequence[str], *, by_code: bool
) -> None:
    """Somebody was looked for at a place of ours: who asked and whom they were shown, not by
    which words. Nobody found is told too: that is how leafing through would look."""
    body = {"channel": place, "what": "code" if by_code else "address", "found": list(found)}
    emit(cur, [Happening("customer_looked_up", body=body | {"by": public("stf", actor.staff)})])
    ring(cur)


def _tell(cur: Cursor, customers: set[int]) -> None:
    """Who they are is shown anew: a name, another address, one that wants nothing of us."""
    emit(cur, [Happening("customer_changed", customer) for customer in sorted(customers)])


def _who(cur: Cursor, pairs: Sequence[Pair]) -> Book:
    columns = {"spaces": [space for space, _ in pairs], "values": [value for _, value in pairs]}
    rows = cur.execute(sql("who"), columns).fetchall()
    return {
        (space, value): Known(identity, customer, nameless=nameless)
        for space, value, identity, customer, nameless in rows
    }


def _born(cur: Cursor, names: Sequence[str]) -> list[int]:
    if not names:
        return []
    folded = [fold(name) for name in names]
    rows = cur.execute(sql("born"), {"names": list(names), "folded": folded}).fetchall()
    return sorted(row[0] for row in rows)


def _call(cur: Cursor, circles: Iterable[Circle], known: Book) -> set[int]:
    """Who had no name until now, and has one in this batch."""
    names = {
        known[pair].identity: circle.name
        for circle in circles
        for pair in circle.pairs
        if circle.name and known[pair].nameless
    }
    if not names:
        return set()
    columns = {
        "identities": list(names),
        "names": list(names.values()),
        "folded": [fold(name) for name in names.values()],
    }
    return {row[0] for row in cur.execute(sql("call"), columns).fetchall()}


def _home(known: Book, pairs: Sequence[Pair]) -> int:
    return next(known[pair].customer for pair in pairs if pair in known)


def _named(
    cur: Cursor, new: Sequence[tuple[Pair, str, int]], *, source: str, verified: bool
) -> Book:
    rows = cur.execute(
        sql("named"),
        {
            "spaces": [pair[0] for pair, _, _ in new],
            "values": [pair[1] for pair, _, _ in new],
            "names": [name for _, name, _ in new],
            "customers": [customer for _, _, customer in new],
            "source": source,
            "verified": verified,
        },
    ).fetchall()
    return {(space, value): Known(i, c, new=True) for space, value, i, c in rows}


def _lost_races(
    cur: Cursor, new: Sequence[tuple[Pair, str, int]], known: Book, born: Sequence[int]
) -> Book:
    """Addresses that another transaction named while we were about to: theirs hold."""
    lost = [pair for pair, _, _ in new if pair not in known]
    if not lost:
        return {}
    cur.execute(sql("unborn"), {"customers": list(born)})
    return _who(cur, lost)


def _link(cur: Cursor, attested: Iterable[Sequence[Pair]], known: Book, source: str) -> None:
    """As each payload attested it: the first with the others, whoever else is in the batch."""
    ties = sorted(
        {
            (min(one, other), max(one, other))
            for pairs in attested
            for one, other in (
                (known[pairs[0]].identity, known[pair].identity) for pair in pairs[1:]
            )
        }
    )
    if not ties:
        return
    cur.execute(
        sql("linked"),
        {
            "ones": [one for one, _ in ties],
            "others": [other for _, other in ties],
            "source": source,
        },
    )
