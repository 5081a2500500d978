"""A customer stands before us: the visit, and what was agreed, in their thread."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from filo.channels.contract import Handle, Said, Text
from filo.channels.types import ChannelConfig
from filo.conversations.hearing import receive
from filo.conversations.replying import reply
from filo.conversations.scoping import must_read
from filo.conversations.threads import views
from filo.conversations.types import Heard, Written
from filo.core import clock
from filo.core.db import Cursor
from filo.core.ids import public
from filo.core.sql import statements
from filo.customers.operations import lock, recognise
from filo.customers.queries import customer as known_customer
from filo.staff.types import NotAllowed, Scope

sql = statements("filo.conversations")
ONE_VISIT = timedelta(hours=4)
Visited = Callable[[Handle, str, datetime], Said]


def name_at(channel: ChannelConfig, customer: int) -> Handle:
    """How a place of ours calls a customer whom it knows: the same on every phone of theirs."""
    return Handle(f"web:{channel.public}", f"c_{public('cus', customer)}")


def agree(
    cur: Cursor,
    actor: Scope,
    customer: int,
    *,
    channel: ChannelConfig,
    visited: Visited,
    text: str,
    client_id: str,
) -> Written:
    """Write what was agreed face to face, to be read on the customer's phone.

    The visit that it belongs to is noted once in four hours. The same `client_id` again is the
    same message.
    """
    must_read(cur, actor, customer)
    if not actor.may_work(channel.team):
        raise NotAllowed("This shop belongs to another team.")
    lock(cur, [customer])
    if written := _already(cur, customer, client_id):
        return written
    identity = _named(cur, actor, customer, channel)
    case = _visit(cur, identity, channel)
    if case is None:
        said = visited(name_at(channel, customer), f"visit:{client_id}", clock.now())
        case = _noted(cur, customer, identity, channel, said)
    return reply(
        cur,
        actor,
        case,
        [Text(text)],
        client_id=client_id,
        identity=identity,
        channel=channel.id,
    )


def _already(cur: Cursor, customer: int, client_id: str) -> Written | None:
    row = cur.execute(
        "SELECT id FROM conversations_message WHERE customer_id = %s AND client_id = %s",
        [customer, client_id],
    ).fetchone()
    return Written(views(cur, [row[0]])[0], new=False) if row else None


def _named(cur: Cursor, actor: Scope, customer: int, channel: ChannelConfig) -> int:
    """Their name at this place, tied to an address by which we know them already."""
    here = name_at(channel, customer)
    known = known_customer(cur, actor, customer).identities
    also = tuple((one.space, one.value) for one in known if one.space != here.space)[:1]
    handle = Handle(here.space, here.value, also=also)
    return recognise(cur, [handle], source="counter")[here.space, here.value].identity


def _visit(cur: Cursor, identity: int, channel: ChannelConfig) -> int | None:
    """The case of the visit that is still going on."""
    row = cur.execute(
        sql("visiting"),
        {"identity": identity, "channel": channel.id, "since": clock.now() - ONE_VISIT},
    ).fetchone()
    return int(row[0]) if row else None


def _noted(cur: Cursor, customer: int, identity: int, channel: ChannelConfig, said: Said) -> int:
    heard = Heard(
        said,
        channel.id,
        channel.team,
        channel.answer_within or timedelta(hours=1),
        0,
        clock.now(),
        identity,
        customer,
    )
    return receive(cur, [heard])[0].case
