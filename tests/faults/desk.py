"""A desk as a model: what it showed, and the events that it was told since, give what it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import msgspec

from filo.conversations import queries
from filo.conversations.types import CaseFilter, CaseView
from filo.core.db import Cursor
from filo.core.ids import number
from filo.customers.queries import customer as person
from filo.customers.types import CustomerView, NoSuchCustomer
from filo.desk.rendering import bubbles
from filo.live import queries as live
from filo.live.told import Told
from filo.staff.types import Scope

EVERY = ("open", "waiting", "snoozed", "solved")
PATCH = re.compile(r'<template data-to="([^"]*)" data-how="upsert">(.*)</template>', re.DOTALL)
NAMED = re.compile(r'id="(msg_[0-9A-Z]+)"')
WHO = {"customer_changed", "identity_moved", "channel_changed"}  # as wire.js has it


class Shown(msgspec.Struct):
    """What stands on the screen: the open thread, the rows, who the customer is."""

    bubbles: dict[str, str]
    rows: dict[str, CaseView]
    who: CustomerView | None  # nobody, when the page is not (or no longer) ours to read


class Desk:
    """Somebody's open page. What it asks for again counts as asked for that row alone."""

    def __init__(self, cur: Cursor, scope: Scope, customer: str) -> None:
        self.cur, self.scope, self.customer = cur, scope, customer
        self.cursor = live.head(cur)
        self.shown = self.fresh()
        self.told: list[Told] = []

    def fresh(self) -> Shown:
        """As a page that is opened now shows it."""
        asked = CaseFilter(status=EVERY, sort="newest")
        rows = queries.cases(self.cur, self.scope, asked, limit=200).items
        shown = Shown({}, {row.id: _without_draft(row) for row in rows}, self._who())
        if shown.who is None:
            return shown
        id_ = number("cus", self.customer)
        page = queries.thread(self.cur, self.scope, id_, limit=200)
        drawn = bubbles(
            self.cur, [number("msg", one.id) for one in page.items], self.scope.language
        )
        shown.bubbles = {one.id: drawn[number("msg", one.id)] for one in page.items}
        return shown

    def _who(self) -> CustomerView | None:
        try:
            return person(self.cur, self.scope, number("cus", self.customer))
        except NoSuchCustomer:
            return None

    def hear(self) -> None:
        """Apply what was told since, as the element and wire.js do."""
        page = live.told(self.cur, self.scope, self.cursor, limit=500)
        self.cursor = page.next
        self.told = list(page.items)
        stale = {told.case for told in self.told if told.case}
        for told in self.told:
            self._patch(told.html)
            if told.type in WHO:
                stale |= set(self.shown.rows)
            if told.type in {*WHO, "case_changed"} and told.customer in {None, self.customer}:
                self._draw_head()
            if told.type == "customer_changed" and told.customer == self.customer:
                self._catch_up()
        for case in stale:
            self._ask(case)

    def differences(self) -> Iterator[tuple[object, object]]:
        """What stands there beside what would stand on a fresh page, piece by piece."""
        here, fresh = self.shown, self.fresh()
        yield here.who, fresh.who
        for name in here.bubbles | fresh.bubbles:
            yield here.bubbles.get(name), fresh.bubbles.get(name)
        for name in here.rows | fresh.rows:
            yield here.rows.get(name), fresh.rows.get(name)

    def _draw_head(self) -> None:
        """404 sends the page elsewhere."""
        self.shown.who = self._who()
        if self.shown.who is None:
            self.shown.bubbles.clear()

    def _catch_up(self) -> None:
        """Names stand in public bubbles; what a page did not have must come by an event."""
        fresh = self.fresh().bubbles
        self.shown.bubbles |= {name: fresh[name] for name in self.shown.bubbles if name in fresh}

    def _patch(self, html: str) -> None:
        if not (found := PATCH.fullmatch(html)):
            return
        if unescape(found[1]) == f'[data-thread="{self.customer}"]':
            named = NAMED.search(found[2])
            assert named
            self.shown.bubbles[named[1]] = found[2]

    def _ask(self, case: str) -> None:
        views = queries.case_views(self.cur, self.scope, [number("cas", case)])
        self.shown.rows.pop(case, None)
        self.shown.rows |= {view.id: _without_draft(view) for view in views}


def _without_draft(row: CaseView) -> CaseView:
    """A draft is one's own: no other desk is told of it, and its own page wrote it."""
    return msgspec.structs.replace(row, draft="")
