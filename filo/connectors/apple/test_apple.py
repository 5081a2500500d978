from __future__ import annotations

import base64
import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import msgspec
import pytest

from filo.channels.contract import (
    Blob,
    Call,
    Choice,
    Envelope,
    Fact,
    Failed,
    Field,
    Forged,
    Form,
    Handle,
    Later,
    Media,
    Native,
    Option,
    Part,
    Reason,
    Receipt,
    Reply,
    Request,
    Said,
    Scope,
    Slot,
    Slots,
    Text,
    TooBig,
)
from filo.channels.kit import converse
from filo.connectors.apple import cipher, passes
from filo.connectors.apple.connector import LARGEST
from filo.connectors.apple.connector import connector as apple
from filo.core import clock

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
KEY = bytes(range(32))
SECRET = base64.b64encode(KEY).decode()
BUSINESS = "urn:biz:1"
ADA = Handle(f"apple:{BUSINESS}", "urn:mbid:ada")
CONFIG = {"business_id": BUSINESS, "msp_id": "msp", "msp_secret": SECRET, "api_base": ""}
OK = Reply(200)


# --- another library agrees -----------------------------------------------


def test_another_library_takes_our_tokens() -> None:
    token = passes.shown("msp", SECRET, at=NOON)
    claims = jwt.decode(token, KEY, algorithms=["HS256"], options={"verify_iat": False})
    assert claims == {"iss": "msp", "iat": int(NOON.timestamp())}
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, bytes(32), algorithms=["HS256"])


def knock(**claims: object) -> Request:
    told = {"aud": "msp", "iat": int(NOON.timestamp())} | claims
    token = jwt.encode(told, KEY, algorithm="HS256")
    return Request(b"{}", NOON, {"authorization": f"Bearer {token}"})


def test_we_take_the_tokens_of_another_library() -> None:
    assert apple.unseal(knock(), CONFIG).body == b"{}"
    assert apple.unseal(knock(aud=["other", "msp"]), CONFIG).body == b"{}"


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "other"},
        {"iat": int((NOON - timedelta(hours=1)).timestamp())},
        {"iat": int((NOON + timedelta(hours=1)).timestamp())},
    ],
    ids=["for another", "old", "from the future"],
)
def test_a_token_for_another_or_of_another_time_is_forged(claims: dict[str, object]) -> None:
    with pytest.raises(Forged):
        apple.unseal(knock(**claims), CONFIG)


def test_a_token_signed_in_another_way_or_not_at_all_is_forged() -> None:
    told = {"aud": "msp", "iat": int(NOON.timestamp())}
    for token in (
        jwt.encode(told, "", algorithm="none"),
        jwt.encode(told, KEY + KEY, algorithm="HS512"),
        "",
        "a.b.c",
    ):
        with pytest.raises(Forged):
            apple.unseal(Request(b"{}", NOON, {"authorization": f"Bearer {token}"}), CONFIG)


def test_openssl_closes_a_file_as_we_do() -> None:
    # printf ciao | openssl enc -aes-256-ctr -K 000102…1e1f -iv 0000…00
    theirs = bytes.fromhex("91f961d9")
    assert cipher.crypted(b"ciao", KEY) == theirs
    assert cipher.crypted(theirs, KEY) == b"ciao"
    assert cipher.read(cipher.written(KEY)) == KEY


# --- in -------------------------------------------------------------------


def test_a_packed_body_is_opened_and_a_bomb_is_not() -> None:
    request = msgspec.structs.replace(knock(), body=gzip.compress(b'{"a":1}'))
    packed = msgspec.structs.replace(
        request, headers=request.headers | {"content-encoding": "gzip"}
    )
    assert apple.unseal(packed, CONFIG).body == b'{"a":1}'
    with pytest.raises(TooBig):
        bomb = gzip.compress(bytes(LARGEST + 1))
        apple.unseal(msgspec.structs.replace(packed, body=bomb), CONFIG)
    with pytest.raises(Forged):
        apple.unseal(msgspec.structs.replace(packed, body=b"{}"), CONFIG)


def heard(**body: object) -> list[Fact]:
    whole = {"id": "m1", "sourceId": "urn:mbid:ada", "destinationId": BUSINESS, **body}
    return list(apple.parse(Request(json.dumps(whole).encode(), NOON, settings=CONFIG)))


def said(**body: object) -> Said:
    [fact] = heard(**body)
    assert isinstance(fact, Said)
    return fact


@pytest.mark.parametrize(
    ("text", "emoji", "quoted"),
    [
        ('Liked "Eccoci"', "👍", "Eccoci"),
        ("Laughed at “Ecco\nci”", "😂", "Ecco\nci"),
        ("Reacted 👏 to “Eccoci”", "👏", "Eccoci"),
        ("Emphasized an image", "‼️", "an image"),
        ("Ha adorato “Eccoci”", "❤️", "Eccoci"),
        ("Ha messo “Mi piace” a “Eccoci”", "👍", "Eccoci"),
        ("Ha messo Mi piace a “Eccoci”", "👍", "Eccoci"),
        ("Non ha gradito “Eccoci”", "👎", "Eccoci"),
        ("Removed a like from “Eccoci”", "", "Eccoci"),
    ],
)
def test_a_tapback_is_told_apart_from_words(text: str, emoji: str, quoted: str) -> None:
    fact = said(type="text", body=text)
    assert fact.context == {"tapback": emoji, "quoted": quoted}
    assert fact.automatic
    assert fact.parts == (Text(text),)
    assert not said(type="text", body="Liked it very much").context
    assert not said(type="text", body="Il film “Eccoci”").context


def test_files_stand_where_the_words_had_them() -> None:
    files = [{"url": f"https://m/{n}", "key": "", "name": f"{n}"} for n in (1, 2, 3)]
    fact = said(type="text", body="uno \ufffc due \ufffc", attachments=files)
    told = [
        part.text if isinstance(part, Text) else part.name
        for part in fact.parts
        if isinstance(part, Text | Media)
    ]
    assert told == ["uno", "1", "due", "2", "3"]


def test_an_archived_answer_is_read_for_its_words() -> None:
    coded = base64.b64encode(b'{"title":"Reso","subtitle":"Scarpe"}').decode()
    objects = ["$null", f"?receivedMessage=e30=&replyMessage={coded}"]
    fact = said(type="interactive", interactiveData={"$objects": objects})
    assert fact.parts == (Text("Reso\nScarpe"),)


def test_a_login_and_a_payment_are_kept_as_apples_own() -> None:
    for kind in ("authenticate", "payment"):
        fact = said(type="interactive", interactiveData={"data": {kind: {"status": "ok"}}})
        [part] = fact.parts
        assert isinstance(part, Native)
        assert (part.kind, part.payload) == (kind, {"status": "ok"})


# --- out ------------------------------------------------------------------


def spoken(part: Part, *replies: Reply, **envelope: Any) -> tuple[Receipt, list[Call]]:
    speech = apple.say(ADA, part, CONFIG, Envelope("dlv_1", NOON, **envelope))
    return asked(speech, *(replies or (OK, OK)))


def asked(steps: Any, *replies: Reply) -> tuple[Any, list[Call]]:
    left, made = list(replies), []

    def carry(call: Call) -> Reply:
        made.append(call)
        return left.pop(0)

    return converse(steps, carry), made


def body(part: Part, **envelope: Any) -> dict[str, Any]:
    sent = spoken(part, **envelope)[1][0].json
    assert isinstance(sent, dict)
    return sent


def inside(part: Part) -> dict[str, Any]:
    found: dict[str, Any] = body(part)["interactiveData"]["data"]
    return found


def test_a_repeat_has_the_same_id_in_header_and_body() -> None:
    receipt, made = spoken(Text("ciao"), automatic=True, author="Zoë")
    again, _ = spoken(Text("ciao"), attempt=2)
    assert receipt == again
    [call] = made
    assert call.url == "https://mspgw.push.apple.com/v1/message"
    assert isinstance(call.json, dict)
    assert call.headers["id"] == call.json["id"] == receipt.id
    assert call.headers["auto-reply"] == "true"
    assert call.headers["msp-agent"] == "Zo?"
    assert (call.headers["source-id"], call.headers["destination-id"]) == (BUSINESS, ADA.value)


def test_an_address_on_a_line_of_its_own_is_a_rich_link() -> None:
    _, made = spoken(Text("Ecco:\nhttps://x.example/a"))
    kinds = [call.json["type"] for call in made if isinstance(call.json, dict)]
    assert kinds == ["text", "richLink"]
    assert made[0].headers["id"] != made[1].headers["id"]


def test_an_address_inside_a_sentence_stays_in_it_and_is_a_rich_link_too() -> None:
    _, made = spoken(Text("Vedi https://x.example/a, poi chiami."))
    bodies = [call.json for call in made if isinstance(call.json, dict)]
    assert bodies[0]["body"] == "Vedi https://x.example/a, poi chiami."
    assert bodies[1]["richLinkData"]["url"] == "https://x.example/a"


def test_what_their_device_cannot_show_is_asked_in_words() -> None:
    question = Choice("Quale?", (Option("a", "Uno"), Option("b", "Due")))
    assert body(question, heard={"capabilities": "LIST,TIME"})["body"] == "Quale?\n1. Uno\n2. Due"
    assert body(question, heard={"capabilities": "QUICK"})["type"] == "interactive"
    slots = Slots("Quando?", (Slot("s1", NOON),))
    assert body(slots, heard={"capabilities": "QUICK,LIST"})["type"] == "text"
    assert body(slots)["type"] == "interactive", "a device that never said so is not judged"
    receipt, made = spoken(question, Reply(400), OK)
    kinds = [call.json["type"] for call in made if isinstance(call.json, dict)]
    assert kinds == ["interactive", "text"]
    assert made[1].headers["id"] != receipt.id


def test_few_short_answers_are_buttons_and_many_a_list() -> None:
    two = (Option("a", "Uno"), Option("b", "Due"))
    assert inside(Choice("Quale?", two))["quick-reply"]["items"] == [
        {"identifier": "a", "title": "Uno"},
        {"identifier": "b", "title": "Due"},
    ]
    six = tuple(Option(f"{n}", f"Opzione {n}", "con nota") for n in range(6))
    [section] = inside(Choice("Quale?", six))["listPicker"]["sections"]
    assert [item["subtitle"] for item in section["items"]] == ["con nota"] * 6


def test_times_are_a_calendar() -> None:
    [slot] = inside(Slots("Quando?", (Slot("s1", NOON, 45),)))["event"]["timeslots"]
    assert slot == {"identifier": "s1", "startTime": "2026-01-02T12:00+0000", "duration": 2700}


def test_a_form_asks_page_by_page_and_its_answer_names_it() -> None:
    form = Form(
        "f1",
        "Reso",
        (
            Field("why", "Perché?", "choice", (Option("a", "Stretta"),)),
            Field("mail", "E-mail", "email"),
        ),
    )
    told = inside(form)
    first, last = told["dynamic"]["data"]["pages"]
    assert told["dynamic"]["data"]["startPageIdentifier"] == "why"
    assert first["nextPageIdentifier"] == "mail"
    assert last["submitForm"]
    assert last["options"]["keyboardType"] == "emailAddress"
    page = {"title": "Perché?", "pageIdentifier": "why", "items": [{"value": "a"}]}
    answer = {"requestIdentifier": told["requestIdentifier"], "dynamic": {"selections": [page]}}
    fact = said(type="interactive", interactiveData={"data": answer})
    assert fact.context == {"form": "f1", "form.why": "a"}


def test_a_file_is_closed_before_it_leaves() -> None:
    room = {"upload-url": "https://up.example/1", "mmcs-url": "https://m/1", "mmcs-owner": "o"}
    replies = (
        Reply(200, json.dumps(room).encode()),
        Reply(200, b'{"singleFile":{"fileChecksum":"Y2hlY2s="}}'),
        OK,
    )
    media = Media("image/png", caption="Ecco", name="p.png", attachment="att_1")
    _, made = spoken(media, *replies, files={"att_1": Blob("image/png", b"PNG")})
    assert made[0].headers["mmcs-size"] == "3"
    assert made[1].url == "https://up.example/1"
    assert not made[1].headers, "our token goes to the gateway only"
    assert isinstance(made[2].json, dict)
    [attachment] = made[2].json["attachments"]
    assert cipher.crypted(made[1].body or b"", cipher.read(attachment["key"])) == b"PNG"
    assert made[2].json["body"] == "\ufffc Ecco"
    assert attachment["signature-base64"] == "Y2hlY2s="


def test_a_file_is_fetched_and_opened() -> None:
    key = cipher.written(KEY)
    resting = {"url": "https://m/1", "owner": "o", "signature": "8101ab", "key": key}
    [part] = said(
        type="text", body="\ufffc", attachments=[resting | {"mimeType": "image/png"}]
    ).parts
    assert isinstance(part, Media)
    with clock.standing_at(NOON):
        steps = apple.fetch(part, CONFIG)
        where = Reply(200, b'{"download-url":"https://down.example/1"}')
        blob, made = asked(steps, where, Reply(200, cipher.crypted(b"PNG", KEY)))
    assert blob == Blob("image/png", b"PNG")
    assert made[0].headers["signature"] == base64.b64encode(bytes.fromhex("8101ab")).decode()
    assert not made[1].headers


# --- verdicts -------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "reason", "scope"),
    [
        (400, Reason.OTHER, Scope.MESSAGE),
        (401, Reason.REFUSED, Scope.CHANNEL),
        (403, Reason.BLOCKED, Scope.PERSON),
        (404, Reason.UNREACHABLE, Scope.PERSON),
    ],
)
def test_a_no_has_its_reason(status: int, reason: Reason, scope: Scope) -> None:
    with pytest.raises(Failed) as told:
        spoken(Text("ciao"), Reply(status), OK)
    assert (told.value.reason, told.value.scope) == (reason, scope)


def test_a_token_that_apple_does_not_take_makes_no_customer_unwilling() -> None:
    """Both are a 403: the token is tried alone before somebody counts as gone."""
    with pytest.raises(Failed) as told:
        spoken(Text("ciao"), Reply(403), Reply(403))
    assert (told.value.reason, told.value.scope) == (Reason.REFUSED, Scope.CHANNEL)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_trouble_at_apples_is_asked_again(status: int) -> None:
    with pytest.raises(Later):
        spoken(Text("ciao"), Reply(status))


def test_the_check_tries_our_token_and_sends_nothing() -> None:
    with clock.standing_at(NOON):
        hops, made = asked(apple.check(CONFIG, hook="https://care/h"), Reply(200, b"{}"))
        assert [hop.ok for hop in hops] == [True, True]
        assert [call.method for call in made] == ["GET"]
        hops, _ = asked(apple.check(CONFIG, hook=""), Reply(401))
        assert [hop.ok for hop in hops] == [False]


def test_writing_is_shown() -> None:
    with clock.standing_at(NOON):
        _, made = asked(apple.nod(ADA, "m1", CONFIG, typing=True), OK)
        assert isinstance(made[0].json, dict)
        assert made[0].json["type"] == "typing_start"
        assert asked(apple.nod(ADA, "m1", CONFIG, typing=False))[1] == []
