"""Questions about customers. Every one takes the reader's scope."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from filo.channels.kit import spellings
from filo.core.db import Cursor
from filo.core.ids import public
from filo.core.sql import statements
from filo.customers.types import CustomerView, IdentityView, NoSuchCustomer
from filo.staff.types import Scope

sql = statements("filo.customers")


def customer(cur: Cursor, scope: Scope, id: int) -> CustomerView:
    """One customer with all addresses, or `NoSuchCustomer` when the scope may not read it."""
    found = customers(cur, scope, [id])
    if not found:
        raise NoSuchCustomer("There is no such customer.")
    return found[0]


def customers(cur: Cursor, scope: Scope, ids: Sequence[int]) -> list[CustomerView]:
    """These customers, as far as the scope reads them, in the order given."""
    rows = cur.execute(sql("customers"), _limits(scope, ids=list(ids))).fetchall()
    identities = _identities(cur, [row[0] for row in rows])
    by_id = {
        id_: CustomerView(public("cus", id_), name, language, born, tuple(identities[id_]))
        for id_, name, language, born in rows
    }
    return [by_id[id_] for id_ in ids if id_ in by_id]


def find(cur: Cursor, scope: Scope, value: str) -> list[CustomerView]:
    """Who holds this address? A phone number in E.164, a mail address, or a provider's id."""
    wanted = sorted({value.strip(), value.strip().lower()} | spellings(value))
    rows = cur.execute(sql("holders"), _limits(scope, values=wanted)).fetchall()
    return customers(cur, scope, [row[0] for row in rows])


def people(
    cur: Cursor, scope: Scope, *, after: int | None = None, limit: int = 50
) -> list[CustomerView]:
    """Customers in the order in which we met them, after one."""
    columns = _limits(scope, after=after or 0, many=limit)
    return customers(cur, scope, [row[0] for row in cur.execute(sql("people"), columns).fetchall()])


def holder(cur: Cursor, identity: int) -> tuple[str, str, int] | None:
    """Space, value and customer of an identity that a signed code names: no scope is asked."""
    row: tuple[str, str, int] | None = cur.execute(
        "SELECT space, value, customer_id FROM customers_identity WHERE id = %s", [identity]
    ).fetchone()
    return row


def identity(cur: Cursor, space: str, value: str) -> int | None:
    """The identity behind an address that its holder has proved."""
    row = cur.execute(
        "SELECT id FROM customers_identity WHERE space = %s AND value = %s", [space, value]
    ).fetchone()
    return int(row[0]) if row else None


def blocked(cur: Cursor, identities: Sequence[int]) -> list[int]:
    """Of these identities, those that are said to want nothing of us."""
    if not identities:
        return []
    cur.execute(
        "SELECT id FROM customers_identity WHERE id = ANY(%s::bigint[]) AND state = 'blocked'"
        " ORDER BY id",
        [list(identities)],
    )
    return [row[0] for row in cur.fetchall()]


def _identities(cur: Cursor, ids: Sequence[int]) -> dict[int, list[IdentityView]]:
    found: dict[int, list[IdentityView]] = defaultdict(list)
    if ids:
        rows = cur.execute(sql("identities"), {"customers": list(ids)}).fetchall()
        for holder, id_, *rest in rows:
            found[holder].append(IdentityView(public("idn", id_), *rest))
    return found


def _limits(scope: Scope, **more: Any) -> dict[str, Any]:
    return {"everything": scope.everything, "teams": list(scope.teams), **more}
