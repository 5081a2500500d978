"""Hundreds of hostile mails and messages, by the real doors, before a real browser."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Error

from filo.channels.contract import Text
from filo.channels.queries import one
from filo.conversations.operations import reply
from filo.core import clock, media, passes
from filo.core.events import ring
from filo.core.ids import public
from filo.staff.queries import scope
from tests.hostile.arriving import Arrived, arrive
from tests.hostile.corpus import corpus
from tests.hostile.items import Item
from tests.hostile.mails import NOBODY
from tests.hostile.messages import WORDS
from tests.hostile.watching import Watch
from tests.journeys.running import Running
from tests.journeys.test_desk import come_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CONTROLS = 14  # one item in so many is shown without being cleaned
OWN = ("/account/welcome/", "/account/2fa/", "/desk/", "/static/", "/live", "/files/", "/w/")


@dataclass
class Read:
    """What the desk's browser saw and did while every thread was opened."""

    watch: Watch
    marks: set[str] = field(default_factory=set)
    strange: list[str] = field(default_factory=list)
    pwned: list[str] = field(default_factory=list)
    legible: list[set[str]] = field(default_factory=list)  # of the markup, before any cleaning


def test_threats_11_and_12_nothing_of_the_corpus_acts_and_nothing_is_lost(
    house: Running, browser: Browser
) -> None:
    """One test, because the corpus shall come in but once."""
    arrived = arrive(house)
    nothing_is_lost(arrived)
    read = opened(arrived, browser)
    nothing_acted(read)
    all_is_seen(arrived, read)
    nothing_acts_in_the_widget(arrived, browser)


def opened(arrived: Arrived, browser: Browser) -> Read:
    """Every thread opened by somebody who works there, in a browser that obeys no policy."""
    found = Read(Watch(browser, origin=arrived.house.origin, bypass_csp=True))
    come_in(found.watch.page, arrived.link)
    found.watch.page.goto("/desk/?view=all")
    newest = "SELECT max(case_id) FROM conversations_message GROUP BY customer_id"
    for (case,) in arrived.rows(newest):
        seen = found.watch.opens(f"/desk/cases/{public('cas', int(str(case)))}/?view=all")
        found.marks |= seen.marks
        found.strange += found.watch.strange()
        found.pwned += [seen.pwned] * bool(seen.pwned)
    raw = [item.markup for item in arrived.items if item.markup]
    found.legible = found.watch.legible(raw)
    found.watch.close()
    return found


def nothing_acted(read: Read) -> None:
    assert read.watch.dialogs == []
    assert read.watch.foreign == []
    assert read.pwned == []
    assert read.strange == []
    assert [path for path in read.watch.asked if not path.startswith(OWN)] == []
    assert read.watch.errors == []


def nothing_is_lost(arrived: Arrived) -> None:
    """A message in a thread, or a parked row; and the bytes as they came, either way."""
    rows = arrived.rows("SELECT body, file FROM intake_journal")
    kept = {digest(media.read(str(file)) if file else bytes(body)) for body, file in rows}  # type: ignore[call-overload]
    without = arrived.rows(
        "SELECT count(*) FROM intake_journal j WHERE state = 1 AND NOT EXISTS"
        " (SELECT FROM intake_seen s JOIN conversations_message m"
        "  ON s.key = 'said:' || m.provider_id WHERE s.journal = j.id)"
    )
    parked = arrived.rows("SELECT reason FROM intake_journal WHERE state = 2")

    assert len(rows) == len(arrived.items) >= 300
    assert [item.name for item in arrived.items if digest(item.body) not in kept] == []
    assert without == [(0,)]
    assert len(parked) == len(NOBODY) + 1  # and a report about a mail that is not ours
    assert arrived.rows("SELECT count(*) FROM intake_parked") == [(0,)]


def digest(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()


def all_is_seen(arrived: Arrived, read: Read) -> None:
    """The words that a mail program without scripts shows, parked mails apart."""
    markup = [item for item in arrived.items if item.markup]
    legible = read.legible
    shown = {word: item.name for item in arrived.items if not item.markup for word in item.shows}
    for item, marks in zip(markup, legible, strict=True):
        shown |= dict.fromkeys(marks, item.name)

    assert len(shown) > 900
    unseen = {shown[word] for word in set(shown) - read.marks}
    assert [item.name for item in arrived.items if item.name in unseen and not ends(item)] == []


def ends(item: Item) -> bool:
    """The one piece behind which nh3 reads no further, while a browser does."""
    return "<mglyph><style><!--</style>" in item.markup


def nothing_acts_in_the_widget(arrived: Arrived, browser: Browser) -> None:
    """The visitor's own words, and what an agent pasted for them."""
    held, key = visitor(arrived)
    watch = Watch(browser, origin=arrived.house.origin, bypass_csp=True)
    named = passes.cookie(channel=held.channel, key=key, secure=False)
    word = {"name": named, "value": passes.write(held, key=key), "url": arrived.house.origin}
    watch.context.add_cookies([word])  # type: ignore[list-item]
    watch.page.goto(f"/w/{held.channel}")
    watch.page.get_by_text("{% load x %}").wait_for()
    seen = watch.provoke()

    assert "DROP TABLE" in seen.text
    assert len(seen.marks) >= 5
    assert (watch.dialogs, watch.foreign, seen.pwned) == ([], [], "")
    watch.close()


def visitor(arrived: Arrived) -> tuple[passes.Pass, str]:
    """A visitor of the corpus, whom Dora has answered with all its short words in one message."""
    channel = arrived.channels["webchat"]
    with arrived.house.cursor() as cur:
        key = one(cur, channel).settings["visitor_secret"]
        found = cur.execute(
            "SELECT i.value, m.case_id FROM conversations_message m"
            " JOIN customers_identity i ON i.id = m.identity_id WHERE m.channel_id = %s LIMIT 1",
            [channel],
        ).fetchone()
        assert found
        dora = cur.execute("SELECT id FROM staff_staff WHERE name = 'Dora'").fetchone()
        assert dora
        words = "\n".join(words for words in WORDS if len(words) < 1000)
        reply(cur, scope(cur, dora[0]), found[1], [Text(words)], client_id="all")
        ring(cur)
    until = int(clock.now().timestamp()) + 600
    return passes.Pass(public("chn", channel), found[0], until), key


def test_the_corpus_acts_where_it_is_not_cleaned(browser: Browser) -> None:
    """The control: some of the same items, on a page that trusts them."""
    watch, pwned = Watch(browser), 0
    tried = [item for item in corpus() if item.markup][::CONTROLS]
    for item in tried:
        watch.lays(item.markup)
        with suppress(Error):  # it led the whole page away
            pwned += bool(watch.provoke(rest=1).pwned)

    assert len(watch.dialogs) > len(tried) / 4
    assert len(watch.foreign) > len(tried) / 6
    assert pwned > len(tried) / 8
    watch.close()
