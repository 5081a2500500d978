from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from linebot.v3.messaging import PushMessageRequest
from linebot.v3.webhook import SignatureValidator, WebhookParser

from filo.channels.contract import (
    Announced,
    Blob,
    Call,
    Carousel,
    Choice,
    Doubtful,
    Envelope,
    Failed,
    Handle,
    Later,
    Location,
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
    Said,
    Scope,
    Text,
)
from filo.channels.kit import converse
from filo.connectors.line.connector import connector as line
from filo.connectors.line.inbound import SILENT
from filo.connectors.line.seal import seal
from tests.connectors.examples import EXAMPLES, PICTURE, SHOES
from tests.connectors.samples import Sample, samples

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
ADA = Handle("line:1", "U1")
CONFIG = {"provider_id": "1", "channel_secret": "secret", "access_token": "token", "api_base": ""}
TAKEN = Reply(200, b'{"sentMessages":[{"id":"469001","quoteToken":"q"}]}')
MANY = tuple(Option(f"o{n}", f"Opzione {n}") for n in range(5))

each_sample = pytest.mark.parametrize(
    "sample", [one for one in samples() if one.kind == "line"], ids=lambda one: one.name
)


# --- LINE's own library agrees --------------------------------------------


@each_sample
def test_lines_own_library_takes_our_signature(sample: Sample) -> None:
    sealed = seal(sample.request(), CONFIG)
    given, body = sealed.headers["x-line-signature"], sealed.body.decode()
    assert SignatureValidator("secret").validate(body, given)
    assert not SignatureValidator("other").validate(body, given)


@each_sample
def test_lines_own_library_reads_the_samples_as_we_do(sample: Sample) -> None:
    sealed = seal(sample.request(), CONFIG)
    events = WebhookParser("secret").parse(sealed.body.decode(), sealed.headers["x-line-signature"])
    facts = line.parse(sample.request())
    events = [one for one in events if one.type not in SILENT]
    assert len(events) == len(facts)
    for event, fact in zip(events, facts, strict=True):
        if isinstance(fact, Said):
            assert fact.by.value == event.source.user_id
            assert int(fact.at.timestamp() * 1000) == event.timestamp
            if event.type == "message":
                assert fact.id == event.message.id


@pytest.mark.parametrize(
    "part",
    [
        Text("ciao"),
        PICTURE,
        Media("audio/mp4", "https://files.example/a.m4a"),
        EXAMPLES[Choice],
        Choice("Quale?", MANY),
        SHOES,
        EXAMPLES[Carousel],
        Location(45.63, 8.72),
        Native("sticker", "ciao", {"packageId": "446", "stickerId": "1988"}),
    ],
    ids=lambda part: type(part).__name__,
)
def test_lines_own_library_takes_what_we_say(part: Part) -> None:
    sent = body(part)
    taken = PushMessageRequest.from_json(json.dumps(sent))
    assert taken is not None
    [message] = json.loads(taken.to_json())["messages"]
    assert message["type"] == sent["messages"][0]["type"]


# --- in -------------------------------------------------------------------


def test_a_tap_of_a_menu_made_elsewhere_is_a_choice_too() -> None:
    event = {"type": "postback", "source": {"type": "user", "userId": "U1"}, "webhookEventId": "e"}
    call = {"events": [event | {"postback": {"data": "menu/orders"}}]}
    [said] = line.parse(Request(json.dumps(call).encode(), NOON))
    assert isinstance(said, Said)
    assert (said.parts, said.context) == ((Text("menu/orders"),), {"choice": "menu/orders"})


def test_a_chosen_moment_is_said_in_words() -> None:
    tap = {"data": "choice=when", "params": {"datetime": "2026-01-05T09:30"}}
    event = {"type": "postback", "source": {"type": "user", "userId": "U1"}, "webhookEventId": "e"}
    [said] = line.parse(Request(json.dumps({"events": [event | {"postback": tap}]}).encode(), NOON))
    assert isinstance(said, Said)
    assert said.parts == (Text("2026-01-05T09:30"),)
    assert said.context == {"choice": "when", "moment": "2026-01-05T09:30"}


# --- out ------------------------------------------------------------------


def call(part: Part, envelope: Envelope | None = None) -> Call:
    return next(line.say(ADA, part, CONFIG, envelope or Envelope("dlv_1", NOON)))


def body(part: Part, envelope: Envelope | None = None) -> dict[str, Any]:
    sent = call(part, envelope).json
    assert isinstance(sent, dict)
    return sent


def spoken(*replies: Reply) -> tuple[Receipt, list[Call]]:
    return asked(line.say(ADA, Text("ciao"), CONFIG, Envelope("dlv_1", NOON)), *replies)


def asked(steps: Any, *replies: Reply) -> tuple[Any, list[Call]]:
    left, made = list(replies), []

    def carry(call: Call) -> Reply:
        made.append(call)
        return left.pop(0)

    return converse(steps, carry), made


def test_each_try_of_one_delivery_has_the_same_key() -> None:
    first, again = (call(Text("a"), Envelope("dlv_1", NOON, attempt=n)) for n in (1, 2))
    other = call(Text("a"), Envelope("dlv_2", NOON))
    key = "x-line-retry-key"
    assert first.headers[key] == again.headers[key] != other.headers[key]


def test_the_author_is_shown_where_line_has_room() -> None:
    [message] = body(Text("ciao"), Envelope("dlv_1", NOON, author="Anna Maria Della Torre"))[
        "messages"
    ]
    assert message["sender"] == {"name": "Anna Maria Della…"}


def test_an_answer_quotes_the_message_by_its_token() -> None:
    message = {"type": "text", "id": "1", "text": "Dov'è?", "quoteToken": "q3Plx"}
    event = {"type": "message", "source": {"type": "user", "userId": "U1"}, "message": message}
    [said] = line.parse(Request(json.dumps({"events": [event]}).encode(), NOON))
    assert isinstance(said, Said)
    around = Envelope("dlv_1", NOON, answers="1", answered=said.context)
    assert body(Text("Qui"), around)["messages"][0]["quoteToken"] == "q3Plx"
    assert "quoteToken" not in body(PICTURE, around)["messages"][0], "pictures quote nothing"


def test_a_beacon_and_a_membership_are_told_and_what_groups_do_is_not() -> None:
    source = {"type": "user", "userId": "U1"}
    call = {
        "events": [
            {"type": "beacon", "source": source, "beacon": {"hwid": "d41d8cd98f", "type": "enter"}},
            {"type": "membership", "source": source}
            | {"membership": {"type": "joined", "membershipId": 3189, "joinCount": 1}},
            {"type": "memberJoined", "source": {"type": "group", "groupId": "C1"}},
            {"type": "videoPlayComplete", "source": source},
        ]
    }
    near, member = line.parse(Request(json.dumps(call).encode(), NOON))
    assert isinstance(near, Said) and near.context == {"beacon": "d41d8cd98f"}
    assert isinstance(member, Said) and member.context == {"membership": "joined"}
    assert near.automatic and member.automatic


def test_what_line_says_of_itself_and_of_a_notice_by_number_is_told() -> None:
    call = {
        "events": [
            {"type": "botSuspended", "webhookEventId": "e1", "timestamp": 1790000000000},
            {"type": "botResumed", "webhookEventId": "e2"},
            {"type": "delivery", "webhookEventId": "e3", "delivery": {"data": "dlv_7"}},
        ]
    }
    shut, open_, arrived = line.parse(Request(json.dumps(call).encode(), NOON))
    assert isinstance(shut, Announced) and isinstance(open_, Announced)
    assert (shut.what, open_.what) == ("restricted", "restored")
    assert isinstance(arrived, Reported) and arrived.ref == "dlv_7"


def test_a_picture_of_somebody_else_stands_at_its_own_address() -> None:
    where = {"type": "external", "originalContentUrl": "https://x.example/p.jpg"}
    message = {"type": "image", "id": "1", "contentProvider": where}
    event = {"type": "message", "source": {"type": "user", "userId": "U1"}, "message": message}
    [said] = line.parse(Request(json.dumps({"events": [event]}).encode(), NOON))
    assert isinstance(said, Said)
    assert said.parts == (Media("image/jpeg", ref="https://x.example/p.jpg"),)


def test_limits_are_counted_in_utf_16() -> None:
    [message] = body(Choice("😀" * 81, MANY[:2]))["messages"]
    assert message["type"] == "text", "162 units are too many for a template"


def test_a_picture_too_large_for_its_own_preview_is_shown_whole() -> None:
    large = Media("image/png", "https://f.example/p.png", size=2 * 1024 * 1024)
    [message] = body(large)["messages"]
    assert message["contents"]["hero"]["url"] == "https://f.example/p.png"


def test_few_answers_stay_in_the_message_and_many_stand_above_the_keyboard() -> None:
    [few] = body(Choice("Quale?", MANY[:4]))["messages"]
    [many] = body(Choice("Quale?", MANY))["messages"]
    assert len(few["template"]["actions"]) == 4
    assert len(many["quickReply"]["items"]) == 5


def test_the_label_of_a_tap_comes_back_with_its_choice() -> None:
    [message] = body(Choice("Quale?", (Option("a&b", "Caffè & tè"),)))["messages"]
    data = message["template"]["actions"][0]["data"]
    event = {"type": "postback", "source": {"type": "user", "userId": "U1"}, "webhookEventId": "e"}
    call = {"events": [event | {"postback": {"data": data}}]}
    [said] = line.parse(Request(json.dumps(call).encode(), NOON))
    assert isinstance(said, Said)
    assert (said.parts, said.context) == ((Text("Caffè & tè"),), {"choice": "a&b"})


# --- verdicts -------------------------------------------------------------


def no(status: int, message: str, **headers: str) -> Reply:
    return Reply(status, json.dumps({"message": message}).encode(), headers)


@pytest.mark.parametrize(
    ("reply", "reason", "scope"),
    [
        (no(400, "Failed to send messages"), Reason.UNREACHABLE, Scope.PERSON),
        (
            no(400, "The property, 'to', in the request body is invalid"),
            Reason.UNREACHABLE,
            Scope.PERSON,
        ),
        (no(400, "The request body has 1 error(s)"), Reason.OTHER, Scope.MESSAGE),
        (no(401, "Authentication failed"), Reason.REFUSED, Scope.CHANNEL),
        (no(403, "Access to this API is not available"), Reason.REFUSED, Scope.CHANNEL),
        (no(410, "Gone"), Reason.UNREACHABLE, Scope.PERSON),
        (no(413, "Too large"), Reason.OTHER, Scope.MESSAGE),
        (no(429, "You have reached your monthly limit."), Reason.REFUSED, Scope.CHANNEL),
        (no(415, "You have reached your monthly limit."), Reason.REFUSED, Scope.CHANNEL),
        (no(415, "Unsupported media type"), Reason.OTHER, Scope.MESSAGE),
    ],
)
def test_a_no_has_its_reason(reply: Reply, reason: Reason, scope: Scope) -> None:
    with pytest.raises(Failed) as told:
        spoken(reply)
    assert (told.value.reason, told.value.scope) == (reason, scope)


def test_what_was_taken_before_is_no_error() -> None:
    repeated = b'{"message":"The retry key is already accepted","sentMessages":[{"id":"469001"}]}'
    assert spoken(Reply(409, repeated))[0] == Receipt("469001")
    bare = Reply(409, b"{}", {"x-line-accepted-request-id": "r1"})
    assert spoken(bare)[0] == Receipt("r1")


def test_a_broken_line_is_asked_again_under_the_same_key() -> None:
    for status in (500, 503):
        with pytest.raises(Later):
            spoken(no(status, "Internal server error"))
    with pytest.raises(Doubtful):
        spoken(Reply(200, b"{}"))


# --- the channel's life ---------------------------------------------------


def test_a_long_video_is_waited_for() -> None:
    steps = line.fetch(Media("video/mp4", ref="468790"), CONFIG)
    film = Reply(200, b"MP4", {"content-type": "video/mp4"})
    blob, made = asked(steps, Reply(202), film)
    assert blob == Blob("video/mp4", b"MP4")
    assert made[0].url == "https://api-data.line.me/v2/bot/message/468790/content"
    assert made[1].after > 0


def test_a_stranger_is_introduced() -> None:
    told = b'{"displayName":"Ada","userId":"U1","pictureUrl":"https://p","language":"it"}'
    found, _ = asked(line.introduce(ADA, CONFIG), Reply(200, told))
    assert found == Profile("Ada", "https://p", "it")


def test_the_check_says_which_hop_does_not_hold() -> None:
    replies = (
        Reply(200, b'{"basicId":"@f","displayName":"Filo","chatMode":"chat"}'),
        Reply(200, b'{"endpoint":"https://other.example","active":false}'),
        Reply(200, b'{"success":false,"statusCode":404,"reason":"ERROR_STATUS_CODE"}'),
        Reply(200, b'{"type":"limited","value":200}'),
        Reply(200, b'{"totalUsage":200}'),
    )
    hops, _ = asked(line.check(CONFIG, hook="https://care.example/h"), *replies)
    assert [hop.ok for hop in hops] == [True, False, False, False, False, False]
    hops, _ = asked(line.check(CONFIG, hook=""), no(401, "Authentication failed"))
    assert [hop.ok for hop in hops] == [False]


def test_reading_and_writing_are_shown() -> None:
    _, made = asked(line.nod(ADA, "468789", CONFIG, typing=True), Reply(200), Reply(202))
    assert [one.url.partition("/bot/")[2] for one in made] == [
        "message/markAsRead",
        "chat/loading/start",
    ]
