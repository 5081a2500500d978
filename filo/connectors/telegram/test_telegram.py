from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
import telegram as ptb

from filo.channels.contract import (
    Blob,
    Call,
    Choice,
    Contact,
    Doubtful,
    Edited,
    Envelope,
    Fact,
    Failed,
    Forged,
    Handle,
    Later,
    Location,
    Media,
    Native,
    OptedOut,
    Option,
    Part,
    Reason,
    Receipt,
    Reply,
    Request,
    RichCard,
    Said,
    Scope,
    Survey,
    Text,
    Unknown,
)
from filo.channels.kit import converse
from filo.connectors.telegram.connector import connector as telegram
from filo.connectors.telegram.life import WANTED
from filo.connectors.telegram.secret import shown
from tests.connectors.samples import Sample, samples

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
ADA = Handle("telegram", "42")
AT_THE_SHOP = Handle("telegram:bc1", "42")
ENVELOPE = Envelope("dlv_1", NOON)
CONFIG = {
    "token": "123456:AAE-token",
    "username": "filo_bot",
    "secret_token": "s3cret",
    "use": "bot",
    "road": "webhook",
    "api_base": "",
}
CHAT = {"id": 42, "type": "private", "first_name": "Ada"}
USER = {"id": 42, "is_bot": False, "first_name": "Ada"}
SPOT = {"latitude": 1, "longitude": 2}
OGG = {"file_id": "v", "mime_type": "audio/ogg"}


def ok(result: object) -> Reply:
    return Reply(200, msgspec.json.encode({"ok": True, "result": result}))


def no(code: int, description: str, **parameters: int) -> Reply:
    told = {"ok": False, "error_code": code, "description": description, "parameters": parameters}
    return Reply(code, msgspec.json.encode(told))


TAKEN = ok({"message_id": 7, "chat": {"id": 42, "type": "private"}})


# --- an independent reader agrees -----------------------------------------


@pytest.mark.parametrize(
    "sample", [one for one in samples() if one.kind == "telegram"], ids=lambda one: one.name
)
def test_another_library_reads_the_samples_as_we_do(sample: Sample) -> None:
    request = sample.request()
    theirs = ptb.Update.de_json(json.loads(request.body), None)
    for fact in telegram.parse(request):
        if isinstance(fact, Said | Edited) and theirs.effective_message:
            assert_same(theirs, fact)
        elif not isinstance(fact, Unknown) and theirs.effective_user:
            assert str(theirs.effective_user.id) in (getattr(fact, "by", ADA).value, "1")


def assert_same(theirs: ptb.Update, ours: Said | Edited) -> None:
    message = theirs.effective_message
    assert message is not None
    if theirs.callback_query:
        assert isinstance(ours, Said)
        assert ours.context["choice"] == theirs.callback_query.data
        assert ours.answers == f"{message.chat.id}/{message.message_id}"
        return
    connection = message.business_connection_id
    told = "/".join(filter(None, (connection, str(message.chat.id), str(message.message_id))))
    assert told == (ours.id if isinstance(ours, Said) else ours.message)
    assert ours.at == (message.edit_date or message.date)
    assert ours.by.value == str(message.chat.id)
    for part in ours.parts:
        if isinstance(part, Media):
            assert part.ref == message.photo[-1].file_id
            assert part.caption == message.caption


def test_addresses_behind_words_are_told_where_another_library_finds_them() -> None:
    body = {"text": "😀 qui e là", "entities": [link(3, 3, "https://a"), link(9, 2, "https://b")]}

    message = ptb.Message.de_json(wrapped(**body), None)

    assert list(message.parse_entities().values()) == ["qui", "là"]
    [said] = heard(message=wrapped(**body))
    assert isinstance(said, Said)
    assert said.parts == (Text("😀 qui (https://a) e là (https://b)"),)


def link(offset: int, length: int, url: str) -> dict[str, object]:
    return {"type": "text_link", "offset": offset, "length": length, "url": url}


def test_marks_become_entities_that_another_library_finds_again() -> None:
    fields = body(Text("😀 **molto _bene_** e `a_b` ~~no~~, snake_case_word", marked=True))

    message = ptb.Message.de_json(wrapped(**fields), None)

    assert fields["text"] == "😀 molto bene e a_b no, snake_case_word"
    found = [(str(entity.type), words) for entity, words in message.parse_entities().items()]
    assert sorted(found) == [
        ("bold", "bene"),
        ("bold", "molto "),
        ("code", "a_b"),
        ("italic", "bene"),
        ("strikethrough", "no"),
    ]


# --- in -------------------------------------------------------------------


def wrapped(**more: object) -> dict[str, object]:
    return {"message_id": 5, "date": 1790000000, "chat": CHAT, "from": USER, **more}


def heard(**value: object) -> list[Fact]:
    request = Request(msgspec.json.encode({"update_id": 1, **value}), NOON)
    return list(telegram.parse(request))


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ({"voice": OGG}, Media("audio/ogg", ref="v", voice=True)),
        ({"video_note": {"file_id": "n", "length": 9}}, Media("video/mp4", ref="n")),
        (
            {"animation": {"file_id": "g", "mime_type": "video/mp4"}, "document": {"file_id": "g"}},
            Media("video/mp4", ref="g"),
        ),
        (
            {"sticker": {"file_id": "s", "emoji": "😂", "is_animated": True}},
            Media("application/x-tgsticker", caption="😂", ref="s", sticker=True),
        ),
        (
            {"location": SPOT, "venue": {"location": SPOT, "title": "Bar", "address": "Via Po"}},
            Location(1, 2, "Bar", "Via Po"),
        ),
        ({"poll": {"question": "Chi?", "options": [{"text": "Io"}]}}, Native("poll", "Chi?\n- Io")),
        ({"dice": {"emoji": "🎲", "value": 6}}, Native("dice", "🎲 6")),
        (
            {"web_app_data": {"data": "{}", "button_text": "Apri"}},
            Native("web_app", "Apri", {"data": "{}", "button": "Apri"}),
        ),
    ],
    ids=["voice", "round video", "gif", "sticker", "venue", "poll", "dice", "mini app"],
)
def test_each_sort_of_message_is_a_part(content: dict[str, object], part: Part) -> None:
    [said] = heard(message=wrapped(**content))
    assert isinstance(said, Said)
    assert said.parts == (part,)


def test_a_deep_link_is_the_referral_of_the_first_message() -> None:
    [said] = heard(message=wrapped(text="/start order-77"))
    assert isinstance(said, Said)
    assert said.context == {"referral": "order-77"}
    [bare] = heard(message=wrapped(text="/start"))
    assert isinstance(bare, Said)
    assert bare.automatic, "nobody waits for an answer to the press of Start"


def test_only_ones_own_number_proves_a_phone() -> None:
    own = {"phone_number": "393331234567", "first_name": "Ada", "user_id": 42}
    [said] = heard(message=wrapped(contact=own))
    [other] = heard(message=wrapped(contact=own | {"user_id": 43}))
    owner = wrapped(contact=own | {"user_id": 1}, business_connection_id="bc1")
    [shops] = heard(business_message=owner | {"from": USER | {"id": 1}})
    assert isinstance(said, Said)
    assert isinstance(other, Said)
    assert isinstance(shops, Said)
    assert said.by.also == (("phone", "+393331234567"),)
    assert other.by.also == ()
    assert shops.by.also == (("telegram", "42"),)


def test_a_tap_on_a_message_that_is_gone_still_chooses() -> None:
    gone = {"message_id": 5, "date": 0, "chat": CHAT}
    [said] = heard(callback_query={"id": "9", "from": USER, "data": "w", "message": gone})
    assert isinstance(said, Said)
    assert (said.parts, said.context) == ((Text("w"),), {"choice": "w"})


def test_a_tap_is_answered_with_our_thanks() -> None:
    body = {"update_id": 1, "callback_query": {"id": "9", "from": USER, "data": "w"}}
    thanks = telegram.thank(Request(msgspec.json.encode(body), NOON))
    assert json.loads(thanks) == {"method": "answerCallbackQuery", "callback_query_id": "9"}
    assert telegram.thank(Request(b'{"message":{}}', NOON)) == b""
    assert telegram.thank(Request(b"\xff", NOON)) == b""


def test_who_unblocks_the_bot_wants_us_again() -> None:
    change = {"old_chat_member": {"status": "kicked"}, "new_chat_member": {"status": "member"}}
    [fact] = heard(my_chat_member={"chat": CHAT, "from": USER, "date": 1790000000, **change})
    assert isinstance(fact, OptedOut)
    assert fact.back


def test_an_update_of_a_sort_we_do_not_know_is_told_by_its_name() -> None:
    assert heard(poll_answer={"poll_id": "1"}) == [
        Unknown("update of type poll_answer", "update:1")
    ]


def test_an_update_must_be_json() -> None:
    headers = {"x-telegram-bot-api-secret-token": "s3cret", "content-type": "text/plain"}
    with pytest.raises(Forged):
        telegram.unseal(Request(b"{}", NOON, headers), CONFIG)


# --- out ------------------------------------------------------------------


def call(part: Part, to: Handle = ADA, envelope: Envelope = ENVELOPE) -> Call:
    return next(telegram.say(to, part, CONFIG, envelope))


def body(part: Part, to: Handle = ADA, envelope: Envelope = ENVELOPE) -> dict[str, Any]:
    sent = call(part, to, envelope).json
    assert isinstance(sent, dict)
    return sent


def spoken(part: Part, *replies: Reply, to: Handle = ADA) -> tuple[Receipt, list[Call]]:
    left, made = list(replies), []

    def carry(call: Call) -> Reply:
        made.append(call)
        return left.pop(0)

    envelope = Envelope("dlv_1", NOON, answers="42/3")
    return converse(telegram.say(to, part, CONFIG, envelope), carry), made


def test_the_token_stands_in_the_address_on_the_wire_alone() -> None:
    made = call(Text("ciao"))
    assert made.url == "https://api.telegram.org/bot{token}/sendMessage"
    assert made.address == "https://api.telegram.org/bot123456:AAE-token/sendMessage"
    assert "AAE" not in repr(made)


def test_an_answer_quotes_the_message_if_it_is_still_there() -> None:
    fields = body(Text("ciao"), envelope=Envelope("dlv_1", NOON, answers="42/3"))
    quoting = {"message_id": 3, "allow_sending_without_reply": True}
    assert fields == {"chat_id": 42, "text": "ciao", "reply_parameters": quoting}


def test_an_answer_goes_into_the_topic_that_they_wrote_in() -> None:
    [said] = heard(
        message={"message_id": 9, "date": 1, "chat": CHAT, "from": USER, "text": "ciao"}
        | {"message_thread_id": 77, "is_topic_message": True}
    )
    assert isinstance(said, Said) and said.context["topic"] == "77"
    fields = body(Text("ciao"), envelope=Envelope("dlv_1", NOON, heard=said.context))
    assert fields["message_thread_id"] == 77


def test_a_business_chat_is_reached_through_its_connection() -> None:
    assert body(Text("ciao"), AT_THE_SHOP)["business_connection_id"] == "bc1"
    receipt, _ = spoken(Text("ciao"), TAKEN, to=AT_THE_SHOP)
    assert receipt == Receipt("bc1/42/7")


def test_a_question_is_a_keyboard_and_a_page_a_button() -> None:
    question = Choice(
        "Quale?",
        (
            Option("a", "Uno", "il primo"),
            Option("b" * 65, "Due"),
            Option("u", "Sito", url="https://x.example"),
        ),
    )
    fields = body(question)
    assert fields["text"] == "Quale?\n\nUno: il primo"
    assert fields["reply_markup"]["inline_keyboard"] == [
        [{"text": "Uno", "callback_data": "a"}],
        [{"text": "Due", "callback_data": "~2"}],
        [{"text": "Sito", "url": "https://x.example"}],
    ]


def test_a_score_comes_back_as_the_survey_wants_it() -> None:
    keyboard = body(Survey("q", "Com'è andata?", 10, "male", "bene"))["reply_markup"]
    rows = keyboard["inline_keyboard"]
    assert [len(row) for row in rows] == [5, 5]
    assert rows[0][0] == {"text": "1", "callback_data": "csat:q:1"}


@pytest.mark.parametrize(
    ("media", "method"),
    [
        (Media("image/png", "https://f.example/p"), "sendPhoto"),
        (Media("image/png", "https://f.example/p", size=11 * 1024 * 1024), "sendDocument"),
        (Media("image/png", "https://f.example/p", size=6 * 1024 * 1024), "sendDocument"),
        (Media("video/mp4", "https://f.example/v", size=21 * 1024 * 1024), "sendMessage"),
        (Media("audio/ogg", "https://f.example/v", voice=True, size=9), "sendVoice"),
        (Media("application/pdf", "https://f.example/d"), "sendDocument"),
        (Media("image/webp", "https://f.example/s", sticker=True), "sendSticker"),
    ],
)
def test_a_file_travels_as_what_it_is(media: Media, method: str) -> None:
    assert call(media).url.endswith(f"/{method}")


def test_our_own_file_is_uploaded_with_its_keyboard() -> None:
    card = RichCard("Scarpe", "Rosse", Media("image/png", attachment="att_1"), (Option("a", "Sì"),))
    made = call(card, envelope=Envelope("dlv_1", NOON, files={"att_1": Blob("image/png", b"PNG")}))
    assert made.files == {"photo": ("file", b"PNG", "image/png")}
    assert made.form is not None
    assert made.form["chat_id"] == "42"
    assert json.loads(made.form["reply_markup"]) == {
        "inline_keyboard": [[{"text": "Sì", "callback_data": "a"}]]
    }


def test_a_contact_keeps_all_its_numbers() -> None:
    fields = body(Contact("Ada Conti", ("+391", "+392"), ("ada@example.it",)))
    assert (fields["phone_number"], fields["first_name"]) == ("+391", "Ada")
    assert "TEL:+392\nEMAIL:ada@example.it" in fields["vcard"]


def test_what_only_telegram_has_is_asked_for_by_its_name() -> None:
    asked = body(Native("share_phone", "Il tuo numero?", {"label": "Ecco"}))["reply_markup"]
    assert asked["keyboard"] == [[{"text": "Ecco", "request_contact": True}]]
    login = body(Native("login_url", "Entra", {"url": "https://x.example"}))["reply_markup"]
    assert login["inline_keyboard"] == [
        [{"text": "Entra", "login_url": {"url": "https://x.example"}}]
    ]


# --- verdicts -------------------------------------------------------------


def verdict(reply: Reply) -> Failed | Later | Doubtful:
    with pytest.raises((Failed, Later, Doubtful)) as told:
        spoken(Text("ciao"), reply)
    assert isinstance(told.value, Failed | Later | Doubtful)
    return told.value


@pytest.mark.parametrize(
    ("reply", "reason", "scope"),
    [
        (no(403, "Forbidden: bot was blocked by the user"), Reason.BLOCKED, Scope.PERSON),
        (no(403, "Forbidden: user is deactivated"), Reason.BLOCKED, Scope.PERSON),
        (
            no(403, "Forbidden: bot can't initiate conversation with a user"),
            Reason.UNREACHABLE,
            Scope.PERSON,
        ),
        (no(400, "Bad Request: chat not found"), Reason.UNREACHABLE, Scope.PERSON),
        (no(400, "Bad Request: BUSINESS_PEER_INVALID"), Reason.REFUSED, Scope.PERSON),
        (no(401, "Unauthorized"), Reason.REFUSED, Scope.CHANNEL),
        (no(404, "Not Found"), Reason.REFUSED, Scope.CHANNEL),
        (no(400, "Bad Request: message text is empty"), Reason.OTHER, Scope.MESSAGE),
    ],
)
def test_a_no_has_its_reason(reply: Reply, reason: Reason, scope: Scope) -> None:
    failed = verdict(reply)
    assert isinstance(failed, Failed)
    assert (failed.reason, failed.scope) == (reason, scope)


def test_a_flood_waits_exactly_as_long_as_telegram_asks() -> None:
    later = verdict(no(429, "Too Many Requests: retry after 7", retry_after=7))
    assert isinstance(later, Later)
    assert later.after == timedelta(seconds=7)


def test_a_broken_gateway_leaves_doubt() -> None:
    assert isinstance(verdict(Reply(502, b"<html>")), Doubtful)
    assert isinstance(verdict(no(500, "Internal Server Error")), Doubtful)
    assert isinstance(verdict(ok({})), Doubtful)


def test_what_telegram_cannot_take_is_said_in_another_way_once() -> None:
    _, plain = spoken(
        Text("**ciao**", marked=True), no(400, "Bad Request: can't parse entities: x"), TAKEN
    )
    assert "entities" not in json_of(plain[1])
    _, apart = spoken(Text("ciao"), no(400, "Bad Request: message to be replied not found"), TAKEN)
    assert "reply_parameters" not in json_of(apart[1])
    _, moved = spoken(Text("ciao"), no(400, "upgraded", migrate_to_chat_id=-1007), TAKEN)
    assert json_of(moved[1])["chat_id"] == -1007
    _, linked = spoken(Media("video/mp4", "https://f.example/v"), no(413, "Too Large"), TAKEN)
    assert json_of(linked[1])["text"] == "https://f.example/v"


def json_of(call: Call) -> dict[str, Any]:
    assert isinstance(call.json, dict)
    return call.json


# --- the channel's life ---------------------------------------------------


def asked(steps: Any, *replies: Reply) -> tuple[Any, list[Call]]:
    left, made = list(replies), []

    def carry(call: Call) -> Reply:
        made.append(call)
        return left.pop(0)

    return converse(steps, carry), made


def test_registering_asks_for_every_sort_of_update() -> None:
    steps = telegram.register(
        CONFIG | {"secret_token": "a+b="}, hook="https://care.example/hooks/c"
    )
    found, made = asked(steps, ok(True), ok({"username": "filo_bot"}))
    assert found == {"username": "filo_bot"}
    assert json_of(made[0]) == {
        "url": "https://care.example/hooks/c",
        "secret_token": shown("a+b="),
        "allowed_updates": WANTED,
    }
    assert shown("a+b=").isalnum(), "Telegram takes letters, digits, _ and - only"


def test_the_check_says_which_hop_does_not_hold() -> None:
    webhook = {"url": "https://other.example", "allowed_updates": WANTED[:3]}
    steps = telegram.check(CONFIG, hook="https://care.example")
    hops, _ = asked(steps, ok({"username": "filo_bot"}), ok(webhook))
    assert [hop.ok for hop in hops] == [True, False, False, True]
    hops, _ = asked(telegram.check(CONFIG, hook=""), no(401, "Unauthorized"))
    assert [hop.ok for hop in hops] == [False]


def test_polling_asks_after_the_last_update_and_reads_it_like_a_call() -> None:
    polled = CONFIG | {"road": "polling"}
    update = {"update_id": 8, "message": wrapped(text="ciao")}
    fed, made = asked(telegram.feed(polled, "8", at=NOON), ok([update]))
    assert json_of(made[0])["offset"] == 8
    assert (fed.cursor, fed.more) == ("9", False)
    [said] = telegram.parse(telegram.unseal(fed.requests[0], polled))
    assert isinstance(said, Said)
    assert telegram.adapt(polled).feeds_every
    assert asked(telegram.feed(CONFIG, "", at=NOON))[1] == [], "a webhook repeats by itself"


def test_a_file_is_asked_for_and_then_fetched() -> None:
    steps = telegram.fetch(Media("image/jpeg", ref="big"), CONFIG)
    blob, made = asked(steps, ok({"file_path": "photos/file_1.jpg"}), Reply(200, b"JPEG"))
    assert blob == Blob("image/jpeg", b"JPEG")
    assert made[1].url == "https://api.telegram.org/file/bot{token}/photos/file_1.jpg"


def test_reading_is_shown_in_business_chats_and_writing_everywhere() -> None:
    _, made = asked(telegram.nod(AT_THE_SHOP, "bc1/42/5", CONFIG, typing=True), ok(True), ok(True))
    assert [one.url.rpartition("/")[2] for one in made] == ["readBusinessMessage", "sendChatAction"]
    _, made = asked(telegram.nod(ADA, "42/5", CONFIG, typing=False))
    assert made == []
