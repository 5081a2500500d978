"""Pages of reviews, what changed in them, and the one answer."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from filo.channels.contract import (
    Bundle,
    Call,
    Edited,
    Envelope,
    Failed,
    Fed,
    Handle,
    Later,
    Reason,
    Reply,
    Said,
    Scope,
    Text,
)
from filo.channels.kit import converse
from filo.connectors.reviews import wire
from filo.connectors.reviews.connector import connector

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
CONFIG = {
    "location": "accounts/1/locations/2",
    "client_id": "c",
    "client_secret": "s",
    "refresh_token": "r",
}


class Google:
    """Answers with the pages it is given, and remembers what it was asked."""

    def __init__(self, *pages: list[tuple[str, str, str]]) -> None:
        self.pages = pages
        self.calls: list[Call] = []

    def __call__(self, call: Call) -> Reply:
        self.calls.append(call)
        if call.url.endswith("/token"):
            return Reply(200, b'{"access_token":"ya29"}')
        at = int(call.url.partition("pageToken=")[2] or 0)
        told: dict[str, object] = {"reviews": [_review(*one) for one in self.pages[at]]}
        if at + 1 < len(self.pages):
            told["nextPageToken"] = str(at + 1)
        return Reply(200, msgspec.json.encode(told))


def _review(name: str, created: str, updated: str) -> dict[str, str]:
    at = {"createTime": f"2026-11-{created}Z", "updateTime": f"2026-11-{updated}Z"}
    return {"reviewId": name, "starRating": "ONE", "comment": name, **at}


def fed(google: Google, cursor: str = "") -> Fed:
    return converse(connector.feed(CONFIG, cursor, at=NOON), google)


def told(found: Fed) -> list[tuple[str, str]]:
    facts = [fact for request in found.requests for fact in connector.parse(request)]
    return [
        (type(one).__name__, one.id if isinstance(one, Said) else one.message)
        for one in facts
        if isinstance(one, Said | Edited)
    ]


def test_pages_are_read_until_what_we_know_and_told_in_their_order() -> None:
    first = Google([("a", "20T10:00:00", "20T10:00:00")])
    start = fed(first)
    assert told(start) == [("Said", "a")]
    assert told(fed(first, start.cursor)) == []

    later = Google(
        [("d", "22T09:00:00", "22T09:00:00"), ("a", "20T10:00:00", "21T10:00:00")],
        [("c", "20T10:00:01", "20T10:00:01"), ("b", "20T10:00:00", "20T10:00:00")],
        [("never", "01T10:00:00", "01T10:00:00")],
    )
    found = fed(later, start.cursor)
    # `b` has the very moment of the mark, and was not seen then
    assert told(found) == [("Said", "b"), ("Said", "c"), ("Edited", "a"), ("Said", "d")]
    assert sum("pageToken=2" in call.url for call in later.calls) == 1
    assert told(fed(later, found.cursor)) == []


def test_the_first_look_goes_thirty_days_back() -> None:
    google = Google([("new", "01T10:00:00", "01T10:00:00")])
    old = {"reviewId": "old", "starRating": "ONE", "updateTime": "2026-09-01T10:00:00Z"}

    def answer(call: Call) -> Reply:
        reply = google(call)
        return Reply(200, reply.body.replace(b"]", b"," + msgspec.json.encode(old) + b"]"))

    assert told(converse(connector.feed(CONFIG, "", at=NOON), answer)) == [("Said", "new")]


def test_more_pages_than_fit_one_go_lose_nothing_and_go_on() -> None:
    google = Google(*[[(f"r{n}", "20T10:00:00", f"20T10:{59 - n}:00")] for n in range(25)])
    found, ids = fed(google), set()
    while True:
        ids |= {one for _, one in told(found)}
        if not found.more:
            break
        found = fed(google, found.cursor)
    assert ids == {f"r{n}" for n in range(25)}
    assert told(fed(google, found.cursor)) == []


def test_the_parts_of_an_answer_are_one_comment() -> None:
    google = Google()

    def answer(call: Call) -> Reply:
        if call.method == "PUT":
            google.calls.append(call)
            comment = msgspec.json.encode(call.json)
            return Reply(200, comment[:-1] + b',"updateTime":"2026-11-22T12:00:00Z"}')
        return google(call)

    spoken = Bundle((Text("Ci dispiace"), Text("https://brezza.example/r/x7")))
    speech = connector.say(Handle("review:google", "AbC"), spoken, CONFIG, Envelope("d1", NOON))
    receipt = converse(speech, answer)
    assert google.calls[-1].url.endswith("/v4/accounts/1/locations/2/reviews/AbC/reply")
    assert google.calls[-1].json == {"comment": "Ci dispiace\n\nhttps://brezza.example/r/x7"}
    assert receipt.id == wire.answer_id("AbC", "Ci dispiace https://brezza.example/r/x7")


def test_an_answer_said_again_after_a_lost_word_is_the_same_answer() -> None:
    """Its time is another one: a reading of the place between the two must not show it twice."""

    def read_at(minute: int) -> str:
        at = f"2026-11-22T12:{minute:02}:00Z"
        reply = wire.Answer("Ci  dispiace", at)
        review = wire.Review(review_id="AbC", comment="Male", update_time=at, review_reply=reply)
        facts = wire.told(review, wire.NEVER, "")
        return next(fact.id for fact in facts if isinstance(fact, Said) and fact.ours)

    assert read_at(1) == read_at(2) == wire.answer_id("AbC", "Ci dispiace\n")


@pytest.mark.parametrize(
    ("reply", "reason", "scope"),
    [
        (Reply(404, b"{}"), Reason.UNREACHABLE, Scope.PERSON),
        (Reply(403, b"{}"), Reason.REFUSED, Scope.CHANNEL),
        (Reply(400, b"{}"), Reason.OTHER, Scope.MESSAGE),
    ],
)
def test_a_refused_answer_has_its_reason(reply: Reply, reason: Reason, scope: Scope) -> None:
    google = Google()
    to, envelope = Handle("review:google", "AbC"), Envelope("d1", NOON)
    speech = connector.say(to, Text("x"), CONFIG, envelope)
    with pytest.raises(Failed) as told:
        converse(speech, lambda call: reply if call.method == "PUT" else google(call))
    assert (told.value.reason, told.value.scope) == (reason, scope)


def test_a_login_that_was_taken_back_asks_for_a_person() -> None:
    with pytest.raises(Failed) as told:
        converse(connector.feed(CONFIG, "", at=NOON), lambda _: Reply(400, b"invalid_grant"))
    assert told.value.scope is Scope.CHANNEL
    with pytest.raises(Later):
        converse(connector.feed(CONFIG, "", at=NOON), lambda _: Reply(200, b"{}"))


def test_too_long_an_answer_is_refused_before_it_is_sent() -> None:
    to, envelope = Handle("review:google", "AbC"), Envelope("d1", NOON)
    with pytest.raises(Failed):
        next(connector.say(to, Text("è" * 2049), CONFIG, envelope))


def test_the_check_names_the_hop_that_fails() -> None:
    google = Google()
    hops = converse(
        connector.check(CONFIG, hook=""),
        lambda call: Reply(403, b"no") if call.method == "GET" else google(call),
    )
    assert [(hop.name, hop.ok) for hop in hops] == [("login", True), ("reviews", False)]
