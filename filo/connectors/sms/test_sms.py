"""SMS over Twilio: the signatures against Twilio's own validator, the errors, what is sent."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import msgspec
import pytest
from twilio.request_validator import RequestValidator

from filo.channels.contract import (
    Announced,
    Call,
    Carousel,
    Choice,
    Doubtful,
    Envelope,
    Failed,
    Forged,
    Handle,
    Later,
    Location,
    Media,
    OptedOut,
    Option,
    Part,
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
from filo.connectors.sms import signing
from filo.connectors.sms.connector import connector as sms
from filo.connectors.sms.seal import seal
from filo.connectors.sms.words import wish

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
ADA = Handle("phone", "+393471234567")
HOOK = "https://care.example.it/hooks/chn_1"
ENVELOPE = Envelope("dlv_1", NOON, hook=HOOK)
CONFIG = {
    "account_sid": "AC1",
    "auth_token": "12345",
    "number": "+393990000000",
    "signature": signing.SHA1,
    "shared_key_id": "webhooks_1",
    "shared_key": "67890",
}
FORM = (
    "Body=Dov%27%C3%A8%3F&From=%2B393471234567&MessageSid=SM1&NumMedia=&To=%2B393990000000&Z=1&Z=1"
)


def call(body: str = FORM, *, url: str = HOOK, **headers: str) -> Request:
    form = {"content-type": "application/x-www-form-urlencoded"}
    return Request(body.encode(), NOON, form | headers, url=url, settings=CONFIG)


# --- signatures -----------------------------------------------------------


def test_the_vector_of_the_documentation_holds() -> None:
    body = (
        "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234"
        "&From=%2B14158675309&To=%2B18005551212"
    )
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    made = call(body, url=url, **{signing.GIVEN: "RSOYDt4T1cUTdK1PDd93/VVr8B8="})
    assert sms.unseal(made, CONFIG) is made


@pytest.mark.parametrize("algorithm", [signing.SHA1, signing.SHA256])
@pytest.mark.parametrize("url", [HOOK, f"{HOOK}?m=dlv_1", "https://care.example.it:8443/hooks/x"])
def test_what_twilios_own_code_signs_is_let_in(algorithm: str, url: str) -> None:
    key = CONFIG["auth_token" if algorithm == signing.SHA1 else "shared_key"]
    mark = RequestValidator(key).compute_signature(url, dict(_pairs()), algorithm)
    told = {signing.SETTINGS: f"key=webhooks_1,algorithm={algorithm}"}
    made = call(url=url, **{signing.GIVEN: mark}, **(told if algorithm == signing.SHA256 else {}))
    assert sms.unseal(made, CONFIG | {"signature": algorithm}) is made


@pytest.mark.parametrize("algorithm", [signing.SHA1, signing.SHA256])
def test_what_we_seal_twilios_own_code_lets_in(algorithm: str) -> None:
    config = CONFIG | {"signature": algorithm}
    made = seal(call(), config)
    key = config["auth_token" if algorithm == signing.SHA1 else "shared_key"]
    mark = made.headers[signing.GIVEN]
    assert RequestValidator(key).validate(made.url, dict(_pairs()), mark, algorithm)


@pytest.mark.parametrize("url", ["https://care.example.it:443/x", "https://care.example.it/x"])
@pytest.mark.parametrize("signed", ["https://care.example.it:443/x", "https://care.example.it/x"])
def test_the_port_may_stand_in_the_signed_address_or_not(url: str, signed: str) -> None:
    mark = RequestValidator("12345").compute_signature(signed, dict(_pairs()))
    assert sms.unseal(call(url=url, **{signing.GIVEN: mark}), CONFIG)


def test_a_body_in_json_is_proved_by_its_hash_in_the_address() -> None:
    body = '{"MessageSid":"SM1","Body":"così"}'
    made = seal(call(body, **{"content-type": "application/json"}), CONFIG)
    assert RequestValidator("12345").validate(made.url, body, made.headers[signing.GIVEN])
    assert sms.unseal(made, CONFIG) is made
    with pytest.raises(Forged, match="does not name this body"):
        sms.unseal(msgspec.structs.replace(made, body=b'{"MessageSid":"SM2"}'), CONFIG)
    bare = call("{}", **{"content-type": "application/json"})
    mark = RequestValidator("12345").compute_signature(HOOK, {})
    with pytest.raises(Forged):
        sms.unseal(
            msgspec.structs.replace(bare, headers=bare.headers | {signing.GIVEN: mark}), CONFIG
        )


def test_who_forges_cannot_choose_the_scheme() -> None:
    by_shared_key = seal(call(), CONFIG | {"signature": signing.SHA256})
    with pytest.raises(Forged, match="does not take"):
        sms.unseal(by_shared_key, CONFIG)
    with pytest.raises(Forged, match="does not take"):
        sms.unseal(seal(call(), CONFIG), CONFIG | {"signature": signing.SHA256})
    with pytest.raises(Forged, match="not ours"):
        theirs = CONFIG | {"signature": signing.SHA256, "shared_key_id": "webhooks_2"}
        sms.unseal(by_shared_key, theirs)


def test_during_a_rotation_both_tokens_hold() -> None:
    made = seal(call(), CONFIG | {"auth_token": "old"})
    assert sms.unseal(made, CONFIG | {"auth_token": "new old"}) is made


def test_behind_a_proxy_the_address_of_the_setting_is_signed() -> None:
    outside = seal(call(url=HOOK), CONFIG)
    made = msgspec.structs.replace(outside, url="http://10.0.0.3:8080/hooks/chn_000000000001")
    with pytest.raises(Forged):
        sms.unseal(made, CONFIG)
    assert sms.unseal(made, CONFIG | {"hook": f"{outside.url}#rc=3"}) is made


def _pairs() -> list[tuple[str, str]]:
    return parse_qsl(FORM, keep_blank_values=True)


# --- in -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "back"), [("STOP", False), (" basta! ", False), ("Start", True), ("UNSTOP", True)]
)
def test_the_words_that_end_messages_and_bring_them_back(text: str, back: bool) -> None:
    said, wish = told(text)
    assert isinstance(said, Said)
    assert isinstance(wish, OptedOut) and wish.back is back


@pytest.mark.parametrize(
    ("phone", "text", "ends"),
    [
        ("+33612345678", "Arrêt", True),
        ("+4915112345678", "STOPP", True),
        ("+34612345678", "baja", True),
        ("+393471234567", "alto", False),
        ("+393471234567", "stopp", False),
    ],
)
def test_each_country_has_its_own_word_for_the_end(phone: str, text: str, ends: bool) -> None:
    assert (wish(text, phone=phone) == "stop") is ends


@pytest.mark.parametrize("text", ["Yes", "sì", "Non stop", "fermata", "HELP"])
def test_other_words_end_nothing(text: str) -> None:
    assert [type(fact) for fact in told(text)] == [Said]


def test_an_iphone_reacts_in_words() -> None:
    [said] = told("Liked \u201cArriva domani\u201d")
    assert isinstance(said, Said)
    assert said.context == {"tapback": "\N{THUMBS UP SIGN}", "quoted": "Arriva domani"}


def told(text: str) -> list[object]:
    body = f"MessageSid=SM1&From=%2B393471234567&To=%2B393990000000&Body={text}"
    return list(sms.parse(call(body)))


def test_no_missing_field_makes_reading_fail() -> None:
    pairs = FORM.split("&")
    for n in range(len(pairs)):
        assert sms.parse(call("&".join(pairs[:n] + pairs[n + 1 :]))) is not None


# --- out ------------------------------------------------------------------


def say(part: Part, *replies: Reply, **config: str) -> tuple[Receipt, list[Call]]:
    waiting, made = list(replies) or [Reply(201, b'{"sid":"SM9","status":"queued"}')], []

    def carry(call: Call) -> Reply:
        made.append(call)
        return waiting.pop(0)

    return converse(sms.say(ADA, part, CONFIG | config, ENVELOPE), carry), made


def test_a_text_is_sent_as_a_form_and_asks_for_reports_with_our_reference() -> None:
    receipt, [made] = say(Text("Arriva domani"))
    assert receipt.id == "SM9"
    assert made.url == "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json"
    assert made.form == {
        "To": "+393471234567",
        "From": "+393990000000",
        "Body": "Arriva domani",
        "StatusCallback": f"{HOOK}?m=dlv_1",
    }
    assert made.headers["authorization"] == "Basic QUMxOjEyMzQ1"


def test_a_messaging_service_picks_the_sender_and_an_api_key_may_speak_for_us() -> None:
    keys = {"messaging_service": "MG1", "api_key": "SK1", "api_secret": "s"}
    _, [made] = say(Text("ciao"), **keys)
    assert made.form and made.form["MessagingServiceSid"] == "MG1" and "From" not in made.form
    assert made.headers["authorization"] == "Basic U0sxOnM="


def test_a_picture_is_asked_for_at_its_address() -> None:
    _, [made] = say(Media("image/png", "https://files.example/p.png", "La carta", "p.png"))
    assert made.form and made.form["MediaUrl"] == "https://files.example/p.png"
    assert made.form["Body"] == "La carta"


def test_where_no_mms_goes_the_address_of_the_picture_does() -> None:
    no = Reply(400, b'{"code":21612,"message":"not reachable"}')
    picture = Media("image/png", "https://files.example/p.png", "La carta")
    receipt, [_, made] = say(picture, no, Reply(201, b'{"sid":"SM9"}'))
    assert receipt.id == "SM9"
    assert made.form and made.form["Body"] == "La carta\nhttps://files.example/p.png"
    assert "MediaUrl" not in made.form


def test_a_name_that_only_sends_needs_no_address() -> None:
    named = CONFIG | {"number": "BREZZA"}
    account = Reply(200, b'{"status":"active"}')
    hops = converse(sms.check(named, hook=HOOK), lambda call: account)
    assert [hop.ok for hop in hops] == [True, True] and "only sends" in hops[1].detail
    assert converse(sms.register(named, hook=HOOK), lambda call: Reply(500)) == {}


def test_a_refusal_is_told_in_twilios_words() -> None:
    with pytest.raises(Failed, match="21617 too long") as told:
        say(Text("ciao"), Reply(400, b'{"code":21617,"message":"too long","status":400}'))
    assert told.value.detail == "21617 too long"


def test_a_suspended_account_is_told_of_the_channel() -> None:
    form = "MessageSid=SM1&MessageStatus=undelivered&ErrorCode=30002&To=%2B393471234567"
    report, news = sms.parse(call(form))
    assert isinstance(report, Reported) and isinstance(news, Announced)
    assert news.what == "restricted"


def test_without_mms_no_file_is_offered() -> None:
    assert Media not in sms.adapt(CONFIG).can.parts
    assert Media in sms.adapt(CONFIG | {"mms": "yes"}).can.parts


@pytest.mark.parametrize(
    ("code", "reason", "scope"),
    [
        (20003, Reason.REFUSED, Scope.CHANNEL),
        (20404, Reason.OTHER, Scope.MESSAGE),
        (21211, Reason.UNREACHABLE, Scope.PERSON),
        (21217, Reason.UNREACHABLE, Scope.PERSON),
        (21614, Reason.UNREACHABLE, Scope.PERSON),
        (21408, Reason.UNREACHABLE, Scope.PERSON),
        (21612, Reason.UNREACHABLE, Scope.PERSON),
        (21606, Reason.REFUSED, Scope.CHANNEL),
        (21603, Reason.REFUSED, Scope.CHANNEL),
        (21610, Reason.BLOCKED, Scope.PERSON),
        (21617, Reason.OTHER, Scope.MESSAGE),
        (21620, Reason.OTHER, Scope.MESSAGE),
        (30002, Reason.REFUSED, Scope.CHANNEL),
        (30007, Reason.REFUSED, Scope.MESSAGE),
        (30034, Reason.REFUSED, Scope.CHANNEL),
        (63016, Reason.WINDOW_CLOSED, Scope.MESSAGE),
    ],
)
def test_each_refusal_has_its_reason_and_reach(code: int, reason: Reason, scope: Scope) -> None:
    with pytest.raises(Failed) as told:
        say(Text("ciao"), Reply(400, json.dumps({"code": code, "message": "no"}).encode()))
    assert (told.value.reason, told.value.scope) == (reason, scope)


@pytest.mark.parametrize("code", [20429, 21611, 30001])
def test_a_full_queue_is_waited_for(code: int) -> None:
    with pytest.raises(Later) as told:
        say(Text("ciao"), Reply(400, json.dumps({"code": code}).encode()))
    assert told.value.scope is Scope.CHANNEL


@pytest.mark.parametrize("reply", [Reply(500), Reply(201, b"{}"), Reply(201, b"<html>")])
def test_what_may_have_gone_out_is_doubtful(reply: Reply) -> None:
    with pytest.raises(Doubtful):
        say(Text("ciao"), reply)


# --- files ----------------------------------------------------------------

FILE = "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1"


def test_a_file_is_asked_for_with_our_key_and_its_new_place_without() -> None:
    made: list[Call] = []
    there = "https://media.twiliocdn.com/AC1/x"
    waiting = [Reply(307, b"", {"location": there}), Reply(200, b"\xff\xd8")]

    def carry(call: Call) -> Reply:
        made.append(call)
        return waiting.pop(0)

    blob = converse(sms.fetch(Media("image/jpeg", ref=f"twilio:{FILE}"), CONFIG), carry)
    assert blob.body == b"\xff\xd8"
    assert [(one.url, bool(one.headers)) for one in made] == [(FILE, True), (there, False)]


@pytest.mark.parametrize(
    "url", ["https://evil.example/x", "http://api.twilio.com/x", "https://eviltwilio.com/x", ""]
)
def test_no_file_is_fetched_from_elsewhere(url: str) -> None:
    with pytest.raises(Failed, match="not Twilio's"):
        converse(sms.fetch(Media("image/jpeg", ref=url), CONFIG), lambda call: Reply(200))
    with pytest.raises(Failed, match="not Twilio's"):
        moved = Reply(302, b"", {"location": url})
        converse(sms.fetch(Media("image/jpeg", ref=FILE), CONFIG), lambda call: moved)


# --- RCS ------------------------------------------------------------------

RICH = {"messaging_service": "MG1", "rcs": "yes"}
CARDS = Carousel(
    (
        RichCard("BZ 611", "ore 7:10", None, (Option("a", "Questo"),)),
        RichCard("BZ 613", "ore 9:40", None, (Option("b", "Vedi", url="https://brezza.example"),)),
    ),
    "Due voli",
)


def rich(part: Part) -> tuple[dict[str, Any], dict[str, str]]:
    """The content that was made, and the form that sends it."""
    _, [made, sent] = say(part, Reply(201, b'{"sid":"HX1"}'), Reply(201, b'{"sid":"SM9"}'), **RICH)
    assert made.url == "https://content.twilio.com/v1/Content"
    assert isinstance(made.json, dict)
    assert sent.form
    return made.json["types"], sent.form


def test_cards_go_by_rcs_with_their_words_beside() -> None:
    types, form = rich(CARDS)
    assert form["ContentSid"] == "HX1" and form["MessagingServiceSid"] == "MG1"
    first, second = types["twilio/carousel"]["cards"]
    assert first["body"] == "Due voli\nore 7:10"
    assert second["actions"] == [{"type": "URL", "title": "Vedi", "url": "https://brezza.example"}]
    assert types["twilio/text"]["body"].startswith("Due voli\n\nBZ 611\nore 7:10\n1. Questo")


def test_a_question_has_buttons_or_numbers() -> None:
    types, _ = rich(Choice("Quale?", (Option("a", "Corridoio"), Option("w", "Finestrino"))))
    assert types["twilio/quick-reply"]["actions"][1]["id"] == "w"
    assert types["twilio/text"]["body"] == "Quale?\n1. Corridoio\n2. Finestrino"


def test_a_place_is_a_pin_or_an_address() -> None:
    types, _ = rich(Location(45.63, 8.72, "Malpensa"))
    assert types["twilio/location"]["label"] == "Malpensa"
    assert "mlat=45.630000&mlon=8.720000" in types["twilio/text"]["body"]


def test_only_with_an_rcs_sender_are_cards_offered() -> None:
    assert Carousel in sms.adapt(CONFIG | RICH).can.parts
    assert Carousel not in sms.adapt(CONFIG | {"rcs": "yes"}).can.parts


# --- the channel's life ---------------------------------------------------


def test_what_came_while_we_were_away_is_asked_for_page_by_page() -> None:
    asked: list[Call] = []
    row = {"sid": "SM1", "direction": "inbound", "from": ADA.value, "to": CONFIG["number"]}
    seen = row | {
        "body": "Ci siete?",
        "num_media": "0",
        "date_sent": "Fri, 02 Jan 2026 11:00:00 +0000",
    }
    pages = [{"messages": [seen], "next_page_uri": "/2010-04-01/x?Page=1"}, {"messages": []}]

    def carry(call: Call) -> Reply:
        asked.append(call)
        return Reply(200, json.dumps(pages.pop(0)).encode())

    first = converse(sms.feed(CONFIG, "2026-01-02T10:00:00+00:00", at=NOON), carry)
    last = converse(sms.feed(CONFIG, first.cursor, at=NOON), carry)

    [said] = sms.parse(first.requests[0])
    assert isinstance(said, Said) and said.parts == (Text("Ci siete?"),)
    assert said.at == datetime(2026, 1, 2, 11, tzinfo=UTC)
    assert first.more and not last.more and last.cursor == NOON.isoformat()
    assert "DateSent%3E=2026-01-02T09%3A50%3A00Z" in asked[0].url
    assert asked[1].url == "https://api.twilio.com/2010-04-01/x?Page=1"


def test_a_channel_that_begins_asks_for_nothing_older() -> None:
    assert not converse(sms.feed(CONFIG, "", at=NOON), lambda call: Reply(500)).requests
