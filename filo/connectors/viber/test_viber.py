from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from viberbot import Api, BotConfiguration
from viberbot.api.viber_requests import create_request

from filo.channels.contract import (
    Call,
    Carousel,
    Choice,
    Contact,
    Doubtful,
    Envelope,
    Failed,
    Handle,
    Later,
    Media,
    Native,
    Option,
    Part,
    Profile,
    Reason,
    Receipt,
    Reply,
    Reported,
    Request,
    RichCard,
    Said,
    Scope,
    Text,
)
from filo.channels.kit import converse
from filo.connectors.viber.connector import EVENTS
from filo.connectors.viber.connector import connector as viber
from filo.connectors.viber.seal import seal
from tests.connectors.examples import HAT, SHOES
from tests.connectors.samples import Sample, samples

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
ADA = Handle("viber:acme", "01234567890A=")
CONFIG = {
    "bot": "acme",
    "auth_token": "token",
    "sender_name": "Acme",
    "welcome": "Benvenuta!",
    "api_base": "",
}
TAKEN = Reply(200, b'{"status":0,"status_message":"ok","message_token":5741311803571721087}')

each_sample = pytest.mark.parametrize(
    "sample", [one for one in samples() if one.kind == "viber"], ids=lambda one: one.name
)


# --- another library agrees -----------------------------------------------


@each_sample
def test_another_library_takes_our_signature(sample: Sample) -> None:
    theirs = Api(BotConfiguration(auth_token="token", name="Acme", avatar=""))
    sealed = seal(sample.request(), CONFIG)
    given = sealed.headers["x-viber-content-signature"]
    assert theirs.verify_signature(sealed.body, given)
    assert not theirs.verify_signature(sealed.body + b" ", given)


@each_sample
def test_another_library_reads_the_samples_as_we_do(sample: Sample) -> None:
    theirs = create_request(json.loads(sample.request().body))
    for fact in viber.parse(sample.request()):
        if isinstance(fact, Said) and theirs.event_type == "message":
            assert fact.id == str(theirs.message_token)
            assert fact.by.value == theirs.sender.id
            assert fact.by.name == theirs.sender.name
        if isinstance(fact, Reported):
            assert fact.message == str(theirs.message_token)
            assert fact.recipient == theirs.user_id


def test_the_signature_may_stand_in_the_address() -> None:
    sealed = seal(Request(b"{}", NOON), CONFIG)
    mark = sealed.headers["x-viber-content-signature"]
    assert viber.unseal(Request(b"{}", NOON, query={"sig": mark}), CONFIG).body == b"{}"


# --- in -------------------------------------------------------------------


def test_a_chat_that_is_only_opened_says_nothing_and_is_welcomed() -> None:
    opened = {"event": "conversation_started", "user": {"id": "a"}, "subscribed": False}
    request = Request(json.dumps(opened).encode(), NOON, settings=CONFIG)
    assert viber.parse(request) == []
    assert json.loads(viber.thank(request))["text"] == "Benvenuta!"
    known = Request(json.dumps(opened | {"subscribed": True}).encode(), NOON, settings=CONFIG)
    assert viber.thank(known) == b""


@pytest.mark.parametrize("event", ["webhook", "client_status", "action"])
def test_what_viber_says_of_itself_is_no_trouble(event: str) -> None:
    told = {"event": event, "timestamp": 1790000000000, "message_token": 5}
    assert viber.parse(Request(json.dumps(told).encode(), NOON)) == []


# --- out ------------------------------------------------------------------


def body(part: Part, **envelope: Any) -> dict[str, Any]:
    call = next(viber.say(ADA, part, CONFIG, Envelope("dlv_1", NOON, **envelope)))
    assert isinstance(call.json, dict)
    return call.json


def asked(steps: Any, *replies: Reply) -> tuple[Any, list[Call]]:
    left, made = list(replies), []

    def carry(call: Call) -> Reply:
        made.append(call)
        return left.pop(0)

    return converse(steps, carry), made


def spoken(part: Part, *replies: Reply, attempt: int = 1) -> tuple[Receipt, list[Call]]:
    envelope = Envelope("dlv_1", NOON, attempt=attempt)
    return asked(viber.say(ADA, part, CONFIG, envelope), *replies)


def test_a_token_larger_than_a_float_can_hold_comes_back_whole() -> None:
    assert spoken(Text("ciao"), TAKEN)[0] == Receipt("5741311803571721087")


def test_the_agent_is_named_where_there_is_room() -> None:
    assert body(Text("ciao"), author="Anna")["sender"] == {"name": "Anna - Acme"}
    assert body(Text("ciao"), author="Anna Maria Della Torre-Rossi")["sender"] == {"name": "Acme"}


def test_a_tap_on_what_we_asked_is_that_choice() -> None:
    sent = body(Choice("Quale?", (Option("a", "Uno"), Option("u", "Sito", url="https://x"))))
    assert [key["ActionType"] for key in sent["keyboard"]["Buttons"]] == ["reply", "open-url"]
    tapped = sent["keyboard"]["Buttons"][0]["ActionBody"]
    message = {"type": "text", "text": tapped, "tracking_data": sent["tracking_data"]}
    told = {"event": "message", "message_token": 1, "sender": {"id": "a"}, "message": message}
    [said] = viber.parse(Request(json.dumps(told).encode(), NOON))
    assert isinstance(said, Said)
    assert (said.parts, said.context) == ((Text("Uno"),), {"choice": "a"})


def test_every_card_of_a_carousel_is_as_tall_as_the_tallest() -> None:
    small = RichCard("Solo <titolo>")
    sent = body(Carousel((SHOES, HAT, small)))
    board = sent["rich_media"]
    assert board["ButtonsGroupRows"] == 7
    assert sum(key["Rows"] for key in board["Buttons"]) == 3 * 7
    assert any("Solo &lt;titolo&gt;" in key.get("Text", "") for key in board["Buttons"])


def test_a_card_is_told_in_words_to_an_old_viber() -> None:
    old = Reply(200, b'{"status":11,"status_message":"receiverNoSuitableDevice"}')
    _, made = spoken(SHOES, old, TAKEN)
    sent = made[1].json
    assert isinstance(sent, dict)
    assert sent["type"] == "text"
    assert sent["text"].startswith("Scarpe\nRosse")


def test_two_cards_with_the_same_button_are_told_apart() -> None:
    book = [RichCard(name, options=(Option(name, "Prenota"),)) for name in ("Roma", "Oslo")]
    sent = body(Carousel(tuple(book)))
    says = [key["ActionBody"] for key in sent["rich_media"]["Buttons"] if key["ActionBody"]]
    assert says == ["Prenota: Roma", "Prenota: Oslo"]
    message = {"type": "text", "text": says[1], "tracking_data": sent["tracking_data"]}
    told = {"event": "message", "message_token": 1, "sender": {"id": "a"}, "message": message}
    [said] = viber.parse(Request(json.dumps(told).encode(), NOON))
    assert isinstance(said, Said) and said.context == {"choice": "Oslo"}


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (Choice("Quale?", (Option("a", "Uno"),)), "Quale?\n1. Uno"),
        (Media("image/png", "https://f.example/x", "La carta"), "La carta\nhttps://f.example/x"),
        (Contact("Ada", ("+391",)), "Ada\n+391"),
    ],
    ids=lambda part: type(part).__name__,
)
def test_whatever_an_old_viber_cannot_show_is_told_in_words(part: Part, words: str) -> None:
    _, made = spoken(part, no(14), TAKEN)
    assert isinstance(made[1].json, dict)
    assert (made[1].json["type"], made[1].json["text"]) == ("text", words)


def test_more_than_viber_takes_is_not_sent() -> None:
    options = tuple(Option(str(n), "\N{GRINNING FACE}" * 38 + f"{n:02}") for n in range(24))
    with pytest.raises(Failed, match="30 kB"):
        body(Choice("\N{GRINNING FACE}" * 7000, options))


def test_a_file_travels_as_what_it_is() -> None:
    link = "https://f.example/x"
    assert body(Media("image/png", link, size=10))["type"] == "picture"
    assert body(Media("video/mp4", link, size=10))["type"] == "video"
    assert body(Media("application/pdf", link, size=10, name="a.pdf"))["file_name"] == "a.pdf"
    assert body(Media("application/pdf", link)) | {"type": "url", "media": link} == body(
        Media("application/pdf", link)
    )


def test_a_contact_with_much_to_say_is_told_in_words() -> None:
    assert body(Contact("Ada", ("+391",)))["contact"]["phone_number"] == "+391"
    assert body(Contact("Ada", ("+391", "+392")))["text"] == "Ada\n+391\n+392"
    assert body(Contact("A" * 29, ("+391",)))["text"] == "A" * 29 + "\n+391"


def test_a_phone_number_is_asked_for_with_a_button() -> None:
    [key] = body(Native("share_phone", "Il numero?", {"label": "Ecco"}))["keyboard"]["Buttons"]
    assert (key["ActionType"], key["Text"]) == ("share-phone", "Ecco")


# --- verdicts -------------------------------------------------------------


def no(status: int) -> Reply:
    return Reply(200, json.dumps({"status": status, "status_message": "no"}).encode())


@pytest.mark.parametrize(
    ("status", "reason", "scope"),
    [
        *((n, Reason.REFUSED, Scope.CHANNEL) for n in (2, 7, 8, 9, 10, 15, 23, 24)),
        (5, Reason.UNREACHABLE, Scope.PERSON),
        (6, Reason.BLOCKED, Scope.PERSON),
        *((n, Reason.OTHER, Scope.MESSAGE) for n in (1, 3, 4, 11, 13, 14)),
        *((n, Reason.REFUSED, Scope.MESSAGE) for n in (16, 17, 18, 19, 20, 21, 22)),
    ],
)
def test_each_code_has_its_verdict(status: int, reason: Reason, scope: Scope) -> None:
    with pytest.raises(Failed) as told:
        spoken(Text("ciao"), no(status))
    assert (told.value.reason, told.value.scope) == (reason, scope)


def test_somebody_who_does_not_answer_is_left_in_peace_for_an_hour() -> None:
    with pytest.raises(Later) as told:
        spoken(Text("ciao"), no(12))
    assert (told.value.after, told.value.scope) == (timedelta(hours=1), Scope.PERSON)


def test_a_general_error_is_tried_three_times() -> None:
    with pytest.raises(Later):
        spoken(Text("ciao"), no(99), attempt=3)
    with pytest.raises(Failed):
        spoken(Text("ciao"), no(99), attempt=4)
    with pytest.raises(Doubtful):
        spoken(Text("ciao"), Reply(502, b"<html>"))
    with pytest.raises(Doubtful):
        spoken(Text("ciao"), Reply(200, b"<html>"))


# --- the channel's life ---------------------------------------------------


def test_registering_asks_for_every_event() -> None:
    _, made = asked(viber.register(CONFIG, hook="https://care.example/h"), no(0))
    wish = {"url": "https://care.example/h", "event_types": EVENTS}
    assert made[0].json == wish | {"send_name": True, "send_photo": True}
    assert made[0].headers == {"x-viber-auth-token": "token"}


def test_the_check_says_which_hop_does_not_hold() -> None:
    account = {
        "status": 0,
        "name": "Acme",
        "uri": "acme",
        "webhook": "https://other",
        "event_types": EVENTS[:2],
    }
    hops, _ = asked(
        viber.check(CONFIG, hook="https://care"), Reply(200, json.dumps(account).encode())
    )
    assert [hop.ok for hop in hops] == [True, True, False, False]
    hops, _ = asked(viber.check(CONFIG, hook=""), no(2))
    assert [hop.ok for hop in hops] == [False]


def test_somebody_is_introduced() -> None:
    told = b'{"status":0,"user":{"id":"a","name":"Ada","avatar":"https://p","language":"it"}}'
    assert asked(viber.introduce(ADA, CONFIG), Reply(200, told))[0] == Profile(
        "Ada", "https://p", "it"
    )
