from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from filo.channels.contract import (
    Airport,
    Bill,
    Blob,
    BoardingPass,
    Carousel,
    Choice,
    Doubtful,
    Envelope,
    Fact,
    Failed,
    Handle,
    Item,
    Later,
    Media,
    Option,
    Price,
    Profile,
    Reason,
    Receipt,
    Reply,
    Request,
    RichCard,
    Said,
    Scope,
    Spoken,
    Template,
    Text,
)
from filo.connectors.messenger.connector import connector as messenger
from tests.connectors.talking import over

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
ADA = Handle("page:1", "7", "Ada Conti")
TAKEN = Reply(200, b'{"recipient_id":"7","message_id":"m_1"}')
CONFIG = {
    "page_id": "1",
    "app_id": "123",
    "access_token": "token",
    "app_secret": "secret",
    "verify_token": "verify",
    "human_agent": "no",
    "utility": "no",
    "api_base": "",
}


def said(part: Spoken, *, config: dict[str, str] | None = None, **around: Any) -> dict[str, Any]:
    envelope = Envelope("dlv_1", NOON, **around)
    receipt, [call] = over(messenger.say(ADA, part, CONFIG | (config or {}), envelope), TAKEN)
    assert receipt == Receipt("m_1")
    assert isinstance(call.json, dict)
    return call.json


# --- out ------------------------------------------------------------------


def test_a_text_bears_our_reference_for_its_echo_and_what_it_answers() -> None:
    assert said(Text("ciao"), answers="m_0") == {
        "recipient": {"id": "7"},
        "messaging_type": "RESPONSE",
        "reply_to": {"mid": "m_0"},
        "message": {"text": "ciao", "metadata": "dlv_1"},
    }


def test_an_id_that_we_made_up_is_not_quoted_at_meta() -> None:
    assert "reply_to" not in said(Text("ciao"), answers="postback:0a1b")


def test_the_token_stands_in_the_head_and_its_proof_in_the_address() -> None:
    _, [call] = over(messenger.say(ADA, Text("ciao"), CONFIG, Envelope("dlv_1", NOON)), TAKEN)
    assert call.url.startswith("https://graph.facebook.com/v25.0/1/messages?appsecret_proof=")
    assert call.headers == {"authorization": "Bearer token"}


@pytest.mark.parametrize(
    ("ago", "granted", "automatic", "tagged"),
    [
        (timedelta(hours=23), "yes", False, False),
        (timedelta(hours=25), "yes", False, True),
        (timedelta(hours=25), "yes", True, False),
        (timedelta(hours=25), "no", False, False),
        (timedelta(days=8), "yes", False, False),
    ],
)
def test_after_a_day_only_people_answer_and_only_where_meta_grants_it(
    ago: timedelta, granted: str, automatic: bool, tagged: bool
) -> None:
    sent = said(
        Text("ciao"), config={"human_agent": granted}, heard_at=NOON - ago, automatic=automatic
    )
    assert (sent.get("tag") == "HUMAN_AGENT") is tagged


def test_the_card_has_the_window_of_people_where_meta_grants_it() -> None:
    [window] = messenger.adapt(CONFIG | {"human_agent": "yes"}).can.windows
    assert (window.lasts, window.by_hand) == (timedelta(days=7), True)
    assert messenger.adapt(CONFIG).can.windows == ()


def test_answers_are_quick_replies_and_links_are_buttons() -> None:
    quick = said(Choice("Quale?", (Option("a", "Sì"), Option("b", "No"))))["message"]
    assert quick["quick_replies"][1] == {"content_type": "text", "title": "No", "payload": "b"}
    link = Choice("Quale?", (Option("a", "Sì"), Option("b", "Il sito", url="https://x.example")))
    payload = said(link)["message"]["attachment"]["payload"]
    assert payload["template_type"] == "button"
    assert [button["type"] for button in payload["buttons"]] == ["postback", "web_url"]


def test_cards_stand_side_by_side_with_their_pictures_and_buttons() -> None:
    rome = RichCard(
        "Roma", "Domani", Media("image/png", "https://x/r.png"), (Option("r", "Prenota"),)
    )
    payload = said(Carousel((rome, RichCard("Oslo", "Lunedì"))))["message"]["attachment"]["payload"]
    assert payload["template_type"] == "generic"
    assert payload["elements"][0]["image_url"] == "https://x/r.png"
    assert payload["elements"][1] == {"title": "Oslo", "subtitle": "Lunedì"}


def test_no_word_of_a_boarding_pass_is_lost() -> None:
    boarding = BoardingPass(
        passenger="Ada Conti",
        flight="BZ 123",
        origin=Airport("MXP", "Milano"),
        destination=Airport("FCO", "Roma"),
        departs=NOON,
        reference="K7QX2P",
        gate="B12",
        seat="14A",
        url="https://x.example/pass",
        files=(Media("image/png", "https://x.example/code.png"),),
    )
    payload = said(boarding, language="it")["message"]["attachment"]["payload"]
    shown = json.dumps(payload)
    assert all(word in shown for word in ("Ada Conti", "BZ 123", "MXP", "K7QX2P", "B12", "14A"))
    assert payload["elements"][0]["image_url"] == "https://x.example/code.png"
    assert payload["image_aspect_ratio"] == "square"  # a code that is cut cannot be scanned
    assert payload["elements"][0]["buttons"][0]["title"] == "Apri"
    assert all(len(one.get("subtitle", "")) <= 80 for one in payload["elements"])


def test_a_receipt_is_metas_own() -> None:
    euro = Price(Decimal("12.50"), "EUR")
    payload = said(Bill("A-1", (Item("Bagaglio", euro),), euro))["message"]["attachment"]["payload"]
    assert (payload["recipient_name"], payload["order_number"]) == ("Ada Conti", "A-1")
    assert payload["elements"][0]["price"] == payload["summary"]["total_cost"] == 12.5


def test_our_own_file_is_handed_over_first() -> None:
    envelope = Envelope("dlv_1", NOON, files={"att_1": Blob("image/png", b"png", "p.png")})
    speech = messenger.say(ADA, Media("image/png", attachment="att_1"), CONFIG, envelope)
    _, [upload, message] = over(speech, Reply(200, b'{"attachment_id":"99"}'), TAKEN)
    assert upload.files == {"filedata": ("p.png", b"png", "image/png")}
    assert upload.repeatable and not message.repeatable
    assert isinstance(message.json, dict)
    assert message.json["message"]["attachment"]["payload"] == {"attachment_id": "99"}


def test_an_approved_text_goes_in_the_form_that_meta_takes() -> None:
    template = Template("gate", "it", "Il gate è B12", {"body.1": "B12"})
    speech = messenger.say(ADA, template, CONFIG, Envelope("dlv_1", NOON))
    refused = refusal(100)
    _, [first, second] = over(speech, refused, TAKEN)
    assert isinstance(first.json, dict) and isinstance(second.json, dict)
    assert first.json["messaging_type"] == "UTILITY"
    assert first.json["message"]["template"]["language"] == {"code": "it"}
    payload = second.json["message"]["attachment"]["payload"]
    assert (payload["template_type"], payload["language"]) == ("utility_messages", "it")


# --- verdicts -------------------------------------------------------------


def refusal(code: int, subcode: int = 0, headers: dict[str, str] | None = None) -> Reply:
    error = {"code": code, "error_subcode": subcode, "message": "no", "type": "OAuthException"}
    return Reply(400, json.dumps({"error": error}).encode(), headers or {})


def answer(reply: Reply, attempt: int = 1) -> Receipt:
    envelope = Envelope("dlv_1", NOON, attempt=attempt)
    return over(messenger.say(ADA, Text("ciao"), CONFIG, envelope), reply)[0]


@pytest.mark.parametrize(
    ("code", "subcode", "reason", "scope"),
    [
        (10, 2018278, Reason.WINDOW_CLOSED, Scope.MESSAGE),
        (1545041, 0, Reason.WINDOW_CLOSED, Scope.MESSAGE),
        (551, 1545041, Reason.UNREACHABLE, Scope.PERSON),
        (10, 2018108, Reason.UNREACHABLE, Scope.PERSON),
        (100, 2018001, Reason.UNREACHABLE, Scope.PERSON),
        (10, 1893063, Reason.REFUSED, Scope.CHANNEL),
        (10, 0, Reason.REFUSED, Scope.CHANNEL),
        (200, 2018028, Reason.REFUSED, Scope.CHANNEL),
        (190, 463, Reason.REFUSED, Scope.CHANNEL),
        (2, 2018344, Reason.REFUSED, Scope.CHANNEL),
        (100, 1893061, Reason.OTHER, Scope.MESSAGE),
        (100, 2018047, Reason.OTHER, Scope.MESSAGE),
        (4, 2018022, Reason.OTHER, Scope.MESSAGE),
        (10900, 0, Reason.REFUSED, Scope.MESSAGE),
    ],
)
def test_some_refusals_are_final(code: int, subcode: int, reason: Reason, scope: Scope) -> None:
    with pytest.raises(Failed) as failed:
        answer(refusal(code, subcode))
    assert (failed.value.reason, failed.value.scope) == (reason, scope)


@pytest.mark.parametrize(
    ("code", "after", "scope"),
    [
        (4, 60, Scope.CHANNEL),
        (613, 60, Scope.CHANNEL),
        (368, 3600, Scope.CHANNEL),
        (1200, 5, Scope.MESSAGE),
        (2, 5, Scope.MESSAGE),
    ],
)
def test_others_pass(code: int, after: int, scope: Scope) -> None:
    with pytest.raises(Later) as later:
        answer(refusal(code))
    assert (later.value.after, later.value.scope) == (timedelta(seconds=after), scope)


def test_metas_own_estimate_of_a_pause_counts_and_patience_ends() -> None:
    usage = '{"1":[{"type":"pages","estimated_time_to_regain_access":7}]}'
    with pytest.raises(Later) as later:
        answer(refusal(32, headers={"x-business-use-case-usage": usage}))
    assert later.value.after == timedelta(minutes=7)
    with pytest.raises(Failed):
        answer(refusal(2), attempt=4)


@pytest.mark.parametrize("reply", [Reply(502, b"<html>"), Reply(200, b"{}"), Reply(200, b"<html>")])
def test_what_meta_did_not_say_leaves_doubt(reply: Reply) -> None:
    with pytest.raises(Doubtful):
        answer(reply)


# --- the channel's life ---------------------------------------------------


def test_each_hop_is_tried() -> None:
    apps = b'{"data":[{"id":"123","subscribed_fields":["messages","message_reads"]}]}'
    hops, _ = over(
        messenger.check(CONFIG, hook=""), Reply(200, b'{"id":"1","name":"Filo"}'), Reply(200, apps)
    )
    assert [(hop.name, hop.ok) for hop in hops] == [
        ("token", True),
        ("account", True),
        ("subscription", False),
    ]
    assert "messaging_postbacks" in hops[2].detail


def test_a_dead_token_is_the_first_hop_that_fails() -> None:
    hops, _ = over(messenger.check(CONFIG, hook=""), refusal(190, 460))
    assert [(hop.name, hop.ok) for hop in hops] == [("token", False)]


def test_somebody_meta_does_not_tell_stays_unnamed() -> None:
    known = Reply(200, b'{"first_name":"Ada","last_name":"Conti","locale":"it_IT","timezone":2}')
    profile, _ = over(messenger.introduce(ADA, CONFIG), known)
    assert profile == Profile("Ada Conti", "", "it", "UTC+2")
    assert over(messenger.introduce(ADA, CONFIG), refusal(100, 33))[0] == Profile()


def test_an_upload_that_got_lost_leaves_no_doubt_for_nothing_was_said() -> None:
    envelope = Envelope("dlv_1", NOON, files={"att_1": Blob("image/png", b"png", "p.png")})
    with pytest.raises(Later):
        over(
            messenger.say(ADA, Media("image/png", attachment="att_1"), CONFIG, envelope),
            Reply(502, b"<html>"),
        )


def test_links_alone_stand_in_the_words() -> None:
    links = tuple(Option(str(n), f"Pagina {n}", url=f"https://x.example/{n}") for n in range(4))
    message = said(Choice("Dove?", links))["message"]
    assert "quick_replies" not in message
    assert "Pagina 3: https://x.example/3" in message["text"]


# --- in, what samples cannot tell -----------------------------------------


def heard(**event: Any) -> list[Fact]:
    told = {"sender": {"id": "7"}, "recipient": {"id": "1"}, "timestamp": 1790000000001, **event}
    body = json.dumps({"object": "page", "entry": [{"id": "1", "messaging": [told]}]}).encode()
    return list(messenger.parse(Request(body, NOON, settings={"page_id": "1"})))


def test_our_own_words_are_ours_even_where_the_mark_is_missing() -> None:
    [fact] = heard(
        sender={"id": "1"}, recipient={"id": "7"}, message={"mid": "m_9", "text": "Buongiorno"}
    )
    assert isinstance(fact, Said)
    assert (fact.ours, fact.by.value) == (True, "7")


def test_who_ticks_a_box_on_a_page_is_known_by_the_box() -> None:
    [fact] = heard(sender={}, optin={"ref": "cart", "user_ref": "box-1"})
    assert isinstance(fact, Said)
    assert (fact.by.space, fact.by.value) == ("page_ref:1", "box-1")


def test_new_words_told_as_an_edit_are_not_lost() -> None:
    [fact] = heard(message_edit={"mid": "m_5", "text": "Buongiorno", "num_edit": "0"})
    assert isinstance(fact, Said)
    assert (fact.id, fact.parts) == ("m_5", (Text("Buongiorno"),))
