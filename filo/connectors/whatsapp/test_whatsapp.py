from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from filo.channels.contract import (
    Blob,
    Call,
    Choice,
    Contact,
    Doubtful,
    Envelope,
    Failed,
    Forged,
    Handle,
    Later,
    Location,
    Media,
    Option,
    Part,
    Reason,
    Receipt,
    Reply,
    Reported,
    Request,
    Said,
    Scope,
    Text,
)
from filo.channels.kit import converse
from filo.connectors.whatsapp.connector import connector as whatsapp
from filo.connectors.whatsapp.errors import reason_for

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
ADA = Handle("phone", "+393331234567")
ENVELOPE = Envelope("dlv_1", NOON)
TAKEN = Reply(200, b'{"messages":[{"id":"wamid.1"}]}')
CONFIG = {
    "phone_number_id": "111",
    "waba_id": "222",
    "access_token": "token",
    "app_secret": "secret",
    "verify_token": "verify",
    "api_base": "",
}

# --- out ------------------------------------------------------------------


def said(part: Part, to: Handle = ADA, envelope: Envelope = ENVELOPE, **config: str) -> Call:
    return next(whatsapp.say(to, part, CONFIG | config, envelope))


def body(part: Part, to: Handle = ADA, envelope: Envelope = ENVELOPE) -> dict[str, Any]:
    sent = said(part, to, envelope).json
    assert isinstance(sent, dict)
    return sent


def test_a_text_carries_our_reference_and_the_message_it_answers() -> None:
    call = said(Text("ciao"), envelope=Envelope("dlv_1", NOON, answers="wamid.0"))

    assert call.url == "https://graph.facebook.com/v25.0/111/messages"
    assert call.headers == {"authorization": "Bearer token"}
    assert call.json == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "+393331234567",
        "context": {"message_id": "wamid.0"},
        "biz_opaque_callback_data": "dlv_1",
        "type": "text",
        "text": {"body": "ciao", "preview_url": False},
    }


def test_somebody_without_a_number_is_reached_by_their_scoped_id() -> None:
    sent = body(Text("ciao"), Handle("whatsapp:222", "IT.134912"))
    assert sent["recipient"] == "IT.134912"
    assert "to" not in sent


def test_another_api_address_replaces_scheme_and_host_only() -> None:
    call = said(Text("ciao"), api_base="http://localhost:8081/ignored/v1")
    assert call.url == "http://localhost:8081/v25.0/111/messages"


def question(*labels: str, hint: str = "") -> Choice:
    return Choice("Quale?", tuple(Option(f"id{n}", each, hint) for n, each in enumerate(labels)))


def test_up_to_three_answers_are_buttons() -> None:
    asked = body(question("Sì", "No"))["interactive"]
    assert asked["type"] == "button"
    assert [b["reply"]["title"] for b in asked["action"]["buttons"]] == ["Sì", "No"]


@pytest.mark.parametrize("asked", [question("A", "B", "C", "D"), question("A", hint="la prima")])
def test_more_answers_or_hints_are_a_list_in_the_language_of_the_customer(asked: Choice) -> None:
    sent = body(asked, envelope=Envelope("dlv_1", NOON, language="it"))["interactive"]
    assert sent["type"] == "list"
    assert sent["action"]["button"] == "Scegli"
    assert len(sent["action"]["sections"][0]["rows"]) == len(asked.options)


@pytest.mark.parametrize(
    ("media", "kind"),
    [
        (Media("image/jpeg", "https://x/a"), "image"),
        (Media("image/jpeg", "https://x/a", size=6_000_000), "document"),
        (Media("image/gif", "https://x/a"), "document"),
        (Media("audio/ogg; codecs=opus", "https://x/a"), "audio"),
        (Media("application/pdf", "https://x/a"), "document"),
    ],
)
def test_a_file_is_shown_in_place_where_whatsapp_can(media: Media, kind: str) -> None:
    assert body(media)["type"] == kind


def test_a_document_keeps_its_name_and_caption() -> None:
    pdf = Media("application/pdf", "https://x/a", "Ecco", "carta.pdf")
    assert body(pdf)["document"] == {
        "link": "https://x/a",
        "caption": "Ecco",
        "filename": "carta.pdf",
    }


def test_a_voice_note_says_so() -> None:
    voice = Media("audio/ogg", "https://x/a", voice=True)
    assert body(voice)["audio"] == {"link": "https://x/a", "voice": True}


def test_our_own_file_is_uploaded_first() -> None:
    envelope = Envelope("dlv_1", NOON, files={"att_1": Blob("image/png", b"png", "p.png")})
    made: list[Call] = []

    def carry(call: Call) -> Reply:
        made.append(call)
        return Reply(200, b'{"id":"media1"}') if len(made) == 1 else TAKEN

    speech = whatsapp.say(ADA, Media("image/png", attachment="att_1"), CONFIG, envelope)
    assert converse(speech, carry) == Receipt("wamid.1")

    upload, message = made
    assert upload.url.endswith("/111/media")
    assert upload.files == {"file": ("p.png", b"png", "image/png")}
    assert upload.form == {"messaging_product": "whatsapp", "type": "image/png"}
    assert upload.repeatable
    assert isinstance(message.json, dict)
    assert message.json["image"] == {"id": "media1"}
    assert not message.repeatable


def test_a_file_that_is_nowhere_is_not_sent() -> None:
    with pytest.raises(Failed):
        said(Media("image/png", ref="theirs"))


def test_a_place_and_a_contact_are_said_as_such() -> None:
    assert body(Location(45.5, 9.25, "Linate"))["location"]["name"] == "Linate"
    [card] = body(Contact("Ada Conti", ("+39333",), ("a@x.example",)))["contacts"]
    assert card["name"] == {"formatted_name": "Ada Conti", "first_name": "Ada"}


# --- verdicts -------------------------------------------------------------


def answer(reply: Reply, attempt: int = 1) -> Receipt:
    speech = whatsapp.say(ADA, Text("ciao"), CONFIG, Envelope("dlv_1", NOON, attempt=attempt))
    return converse(speech, lambda call: reply)


def refusal(code: int, status: int = 400, **more: object) -> Reply:
    error = {"code": code, "message": f"(#{code}) no", "error_data": {"details": "why"}, **more}
    return Reply(status, json.dumps({"error": error}).encode())


@pytest.mark.parametrize(
    ("code", "status", "after", "scope"),
    [
        (4, 429, 60, Scope.CHANNEL),
        (130429, 429, 2, Scope.CHANNEL),
        (131056, 429, 4, Scope.PERSON),
        (131057, 400, 60, Scope.CHANNEL),
        (131000, 500, 5, Scope.MESSAGE),
        (131016, 503, 5, Scope.MESSAGE),
        (131053, 400, 10, Scope.MESSAGE),
        (133016, 400, 72 * 3600, Scope.CHANNEL),
    ],
)
def test_some_refusals_pass(code: int, status: int, after: int, scope: Scope) -> None:
    with pytest.raises(Later) as later:
        answer(refusal(code, status))
    assert later.value.after == timedelta(seconds=after)
    assert later.value.scope is scope


@pytest.mark.parametrize(
    ("code", "status", "reason", "scope"),
    [
        (0, 401, Reason.REFUSED, Scope.CHANNEL),
        (190, 401, Reason.REFUSED, Scope.CHANNEL),
        (10, 403, Reason.REFUSED, Scope.CHANNEL),
        (200, 403, Reason.REFUSED, Scope.CHANNEL),
        (131031, 403, Reason.REFUSED, Scope.CHANNEL),
        (131042, 400, Reason.REFUSED, Scope.CHANNEL),
        (131026, 400, Reason.UNREACHABLE, Scope.PERSON),
        (131047, 400, Reason.WINDOW_CLOSED, Scope.MESSAGE),
        (131049, 400, Reason.REFUSED, Scope.MESSAGE),
        (131050, 400, Reason.BLOCKED, Scope.MESSAGE),
        (100, 400, Reason.OTHER, Scope.MESSAGE),
        (999999, 400, Reason.OTHER, Scope.MESSAGE),
    ],
)
def test_others_are_final(code: int, status: int, reason: Reason, scope: Scope) -> None:
    with pytest.raises(Failed) as failed:
        answer(refusal(code, status))
    assert failed.value.reason is reason
    assert failed.value.scope is scope
    assert failed.value.detail == f"{code} why"


def test_patience_grows_and_ends() -> None:
    with pytest.raises(Later) as later:
        answer(refusal(131000, 500), attempt=4)
    assert later.value.after == timedelta(seconds=40)
    with pytest.raises(Failed):
        answer(refusal(131000, 500), attempt=6)
    with pytest.raises(Failed):
        answer(refusal(131053), attempt=2)


def test_a_gateway_that_speaks_for_meta_leaves_doubt() -> None:
    with pytest.raises(Doubtful):
        answer(Reply(502, b"<html>Bad gateway</html>"))


@pytest.mark.parametrize("taken", [b"", b"{}", b'{"messages":[]}', b"<html>"])
def test_a_receipt_without_an_id_leaves_doubt(taken: bytes) -> None:
    with pytest.raises(Doubtful):
        answer(Reply(200, taken))


def test_a_late_failure_has_the_same_reason_as_an_early_one() -> None:
    assert reason_for(131047) is Reason.WINDOW_CLOSED
    assert reason_for(131031) is Reason.REFUSED
    assert reason_for(131000) is Reason.OTHER


# --- handshake, lane, nods, files -----------------------------------------


def knock(**query: str) -> bytes:
    asked = {f"hub.{name}": value for name, value in query.items()}
    return whatsapp.greet(Request(b"", NOON, query=asked, method="GET"), CONFIG)


def test_the_handshake_gives_the_challenge_back() -> None:
    assert knock(mode="subscribe", verify_token="verify", challenge="1158201444") == b"1158201444"


@pytest.mark.parametrize("token", ["", "wrong", "verifi", "verìfy"])
def test_a_handshake_with_another_token_is_forged(token: str) -> None:
    with pytest.raises(Forged):
        knock(mode="subscribe", verify_token=token, challenge="1")


def test_without_a_verify_token_nobody_is_greeted() -> None:
    request = Request(b"", NOON, query={"hub.mode": "subscribe", "hub.verify_token": ""})
    with pytest.raises(Forged):
        whatsapp.greet(request, CONFIG | {"verify_token": ""})


def meta(**value: object) -> Request:
    call = {"entry": [{"id": "222", "changes": [{"field": "messages", "value": value}]}]}
    return Request(json.dumps(call).encode(), NOON, settings={"phone_number_id": "111"})


@pytest.mark.parametrize(
    ("value", "turn"),
    [
        ({"messages": [{"from": "39333", "from_user_id": "IT.1"}]}, "IT.1"),
        ({"messages": [{"from": "39333"}]}, "39333"),
        ({"statuses": [{"recipient_id": "39334"}]}, "39334"),
        ({"statuses": [{"recipient_id": "39334"}], "messages": [{"from": "39333"}]}, "39333"),
        ({"errors": [{"code": 1}]}, ""),
    ],
)
def test_the_turn_is_the_senders_else_the_recipients(value: dict[str, object], turn: str) -> None:
    assert whatsapp.lane(meta(**value)) == turn


def test_a_body_that_cannot_be_read_takes_nobodys_turn_and_is_kept() -> None:
    request = Request(b'{"entry": [', NOON)
    assert whatsapp.lane(request) == ""
    assert [fact.key[:8] for fact in whatsapp.parse(request)] == ["unknown:"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("5511987654321", "551187654321"), ("5491123456789", "541123456789")],
)
def test_regression_8_a_number_in_two_national_formats_is_one_identity(
    one: str, other: str
) -> None:
    """chatwoot#13808"""
    told = {"timestamp": "1767355200", "type": "text", "text": {"body": "oi"}}
    messages = [told | {"id": "1", "from": one}, told | {"id": "2", "from": other}]
    first, second = whatsapp.parse(meta(messages=messages))
    assert isinstance(first, Said) and isinstance(second, Said)
    assert (first.by.space, first.by.value) == (second.by.space, second.by.value)
    assert first.by.value == f"+{one}"


def test_reading_and_playing_a_voice_note_are_two_facts() -> None:
    told = {"id": "wamid.1", "timestamp": "1767355200", "recipient_id": "393331234567"}
    statuses = [told | {"status": "read"}, told | {"status": "played"}]
    facts = whatsapp.parse(meta(statuses=statuses))
    assert all(isinstance(fact, Reported) for fact in facts)
    assert len({fact.key for fact in facts}) == 2


def test_reading_and_writing_are_shown_to_the_customer() -> None:
    made: list[Call] = []

    def carry(call: Call) -> Reply:
        made.append(call)
        return Reply(200, b'{"success":true}')

    converse(whatsapp.nod(ADA, "wamid.in", CONFIG, typing=True), carry)
    converse(whatsapp.nod(ADA, "", CONFIG, typing=True), carry)

    [call] = made
    assert call.json == {
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": "wamid.in",
        "typing_indicator": {"type": "text"},
    }


FILE = b"\xff\xd8 a picture"
HASH = hashlib.sha256(FILE).hexdigest()
META = "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1"


def fetched(*replies: Reply, media: Media | None = None, **config: str) -> tuple[Blob, list[Call]]:
    waiting, made = list(replies), []

    def carry(call: Call) -> Reply:
        made.append(call)
        return waiting.pop(0)

    wanted = media or Media("image/jpeg", ref="m1", sha256=HASH, name="a.jpg")
    return converse(whatsapp.fetch(wanted, CONFIG | config), carry), made


def place(url: str = META) -> Reply:
    return Reply(200, json.dumps({"url": url, "mime_type": "image/jpeg", "sha256": HASH}).encode())


def test_a_file_is_asked_for_by_its_id_and_then_by_its_address() -> None:
    blob, made = fetched(place(), Reply(200, FILE))

    assert blob == Blob("image/jpeg", FILE, "a.jpg")
    assert [call.url for call in made] == [
        "https://graph.facebook.com/v25.0/m1?phone_number_id=111",
        META,
    ]
    assert all(call.headers == {"authorization": "Bearer token"} for call in made)


def test_an_address_that_expired_is_asked_for_again() -> None:
    blob, made = fetched(place(), Reply(404), place(), Reply(200, FILE))
    assert blob.body == FILE
    assert len(made) == 4


def test_a_file_that_is_not_what_was_sent_is_refused() -> None:
    with pytest.raises(Failed, match="not the one"):
        fetched(place(), Reply(200, b"something else"))


@pytest.mark.parametrize(
    "url",
    ["https://evil.example/x", "http://lookaside.fbsbx.com/x", "https://evilfbsbx.com/x", ""],
)
def test_the_token_goes_to_meta_only(url: str) -> None:
    with pytest.raises(Failed, match="not Meta's"):
        fetched(place(url))


def test_a_sandbox_may_serve_files_itself() -> None:
    base = "http://localhost:8081"
    blob, _ = fetched(place(f"{base}/media/1"), Reply(200, FILE), api_base=base)
    assert blob.body == FILE
