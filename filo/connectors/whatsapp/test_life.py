"""WhatsApp: its account, its number, its cards, and what happens besides messages."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from filo.channels.contract import (
    Announced,
    Blob,
    Envelope,
    Fact,
    Failed,
    Handle,
    Later,
    Media,
    Native,
    Option,
    Reply,
    Request,
    RichCard,
    Said,
    Scope,
    Spoken,
    Template,
    Text,
)
from filo.connectors.whatsapp.connector import connector as whatsapp
from tests.connectors.talking import over

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
ADA = Handle("phone", "+393331234567")
CONFIG = {
    "phone_number_id": "1065",
    "waba_id": "1022",
    "access_token": "token",
    "app_secret": "secret",
    "verify_token": "verify",
}
HOOK = "https://filo.example/hooks/chn_1"
TAKEN = Reply(200, b'{"messages":[{"id":"wamid.1"}]}')


def sent(part: Spoken) -> dict[str, Any]:
    _, [call] = over(whatsapp.say(ADA, part, CONFIG, Envelope("dlv_1", NOON)), TAKEN)
    assert isinstance(call.json, dict)
    return call.json


def refusal(code: int) -> Reply:
    return Reply(400, json.dumps({"error": {"code": code, "message": "no"}}).encode())


# --- is it well? ----------------------------------------------------------


def test_meta_is_told_our_address_for_this_account_alone() -> None:
    _, [call] = over(whatsapp.register(CONFIG, hook=HOOK), Reply(200, b'{"success":true}'))
    assert call.url.endswith("/1022/subscribed_apps")
    assert call.json == {"override_callback_uri": HOOK, "verify_token": "verify"}


# --- what is said ---------------------------------------------------------


def test_a_card_is_a_question_below_its_picture() -> None:
    picture = Media("image/png", "https://x.example/r.png", size=10)
    card = RichCard("Roma", "Domani", picture, (Option("r", "Prenota"),))
    asked = sent(card)["interactive"]
    assert (asked["type"], asked["body"]["text"]) == ("button", "Roma\nDomani")
    assert asked["header"] == {"type": "image", "image": {"link": "https://x.example/r.png"}}
    assert asked["action"]["buttons"][0]["reply"] == {"id": "r", "title": "Prenota"}
    bare = sent(RichCard("Roma", "Domani", picture))
    assert bare["image"] == {"link": "https://x.example/r.png", "caption": "Roma\nDomani"}


def test_the_picture_of_a_card_is_handed_over_first() -> None:
    envelope = Envelope("dlv_1", NOON, files={"att_1": Blob("image/png", b"png", "p.png")})
    card = RichCard("Roma", "", Media("image/png", attachment="att_1"), (Option("r", "Sì"),))
    stored = Reply(200, b'{"id":"99"}')
    _, [_, call] = over(whatsapp.say(ADA, card, CONFIG, envelope), stored, TAKEN)
    assert isinstance(call.json, dict)
    assert call.json["interactive"]["header"]["image"] == {"id": "99"}


def test_a_sticker_is_a_sticker() -> None:
    sticker = Media("image/webp", "https://x.example/s.webp", "ciao", sticker=True, size=10)
    assert sent(sticker)["sticker"] == {"link": "https://x.example/s.webp"}


def test_what_whatsapp_alone_can_ask_is_asked_and_anything_else_is_words() -> None:
    asked = sent(Native("location_request_message", "Dove siete?"))["interactive"]
    assert asked["action"] == {"name": "send_location"}
    flow = {"name": "flow", "parameters": {"flow_id": "1", "flow_cta": "Apri"}}
    assert sent(Native("flow", "Reso", {"action": flow}))["interactive"]["action"] == flow
    assert sent(Native("order", "2 x pizza"))["text"]["body"] == "2 x pizza"
    with pytest.raises(Failed):
        sent(Native("order"))


def test_what_is_not_paid_for_stops_templates_and_no_answer() -> None:
    def verdict(part: Spoken) -> Scope:
        with pytest.raises(Failed) as failed:
            over(whatsapp.say(ADA, part, CONFIG, Envelope("dlv_1", NOON)), refusal(131042))
        return failed.value.scope

    assert verdict(Template("ready", "it", "È pronto.")) is Scope.MESSAGE
    assert verdict(Text("ciao")) is Scope.CHANNEL


def test_an_upload_that_got_lost_leaves_no_doubt_for_nothing_was_said() -> None:
    envelope = Envelope("dlv_1", NOON, files={"att_1": Blob("image/png", b"png", "p.png")})
    picture = Media("image/png", attachment="att_1")
    with pytest.raises(Later):
        over(whatsapp.say(ADA, picture, CONFIG, envelope), Reply(502, b"<html>"))


# --- what is told besides messages ----------------------------------------


def heard(field: str, value: dict[str, Any]) -> list[Fact]:
    entry = {"id": "1022", "time": 1767355200, "changes": [{"field": field, "value": value}]}
    body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
    return list(whatsapp.parse(Request(body, NOON, settings=CONFIG)))


LIMITED = {"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING"}
STOPPED = {"restriction_type": "RESTRICTED_CUSTOMER_INITIATED_MESSAGING"}


@pytest.mark.parametrize(
    ("field", "value", "what"),
    [
        ("account_update", {"event": "ACCOUNT_DELETED"}, "revoked"),
        ("account_update", {"event": "ACCOUNT_RECONNECTED"}, "restored"),
        ("account_update", {"event": "ACCOUNT_RESTRICTION", "restriction_info": [STOPPED]},
         "restricted"),
        ("account_update", {"event": "ACCOUNT_RESTRICTION", "restriction_info": [LIMITED]},
         "account"),
        ("account_update", {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}},
         "restricted"),
        ("account_update", {"event": "VOLUME_BASED_PRICING_TIER_UPDATE"}, "account"),
        ("account_alerts", {"alert_type": "OBA_APPROVED", "alert_severity": "INFORMATION"},
         "account"),
        ("account_review_update", {"decision": "REJECTED"}, "account"),
        ("business_capability_update", {"max_daily_conversations_per_business": "TIER_2K"},
         "limit"),
        ("phone_number_quality_update", {"event": "FLAGGED"}, "quality"),
        ("template_category_update",
         {"message_template_name": "gate", "new_category": "MARKETING"}, "template_category"),
        ("message_template_quality_update",
         {"message_template_name": "gate", "new_quality_score": "RED"}, "template_quality"),
        ("message_template_components_update", {"message_template_name": "gate"},
         "template_words"),
    ],
)  # fmt: skip
def test_news_of_the_account_are_told_as_what_they_are(
    field: str, value: dict[str, Any], what: str
) -> None:
    [fact] = heard(field, value)
    assert isinstance(fact, Announced)
    assert fact.what == what
    assert fact.at == datetime(2026, 1, 2, 12, tzinfo=UTC)


def test_an_upgrade_tells_of_quality_and_of_the_new_limit() -> None:
    value = {"event": "UPGRADE", "current_limit": "TIER_10K"}
    facts = heard("phone_number_quality_update", value)
    told = [(fact.what, fact.detail) for fact in facts if isinstance(fact, Announced)]
    assert told == [("quality", "upgrade"), ("limit", "TIER_10K")]
    assert len({fact.key for fact in facts}) == 2


def test_a_call_stands_in_the_thread_and_its_end_does_not() -> None:
    metadata = {"phone_number_id": "1065"}
    ring = {"id": "wacid.1", "from": "393331234567", "event": "connect", "timestamp": "1767355200"}
    who = [{"wa_id": "393331234567", "profile": {"name": "Ada"}}]
    [said] = heard("calls", {"metadata": metadata, "contacts": who, "calls": [ring]})
    assert isinstance(said, Said)
    assert (said.by, said.to) == (Handle("phone", "+393331234567", "Ada"), "")
    assert heard("calls", {"metadata": metadata, "calls": [ring | {"event": "terminate"}]}) == []


def test_a_form_is_told_in_words_and_by_name() -> None:
    answer = {"flow_token": "return-1", "why": ["Rotta", "Tardi"], "note": None}
    reply = {"name": "flow", "body": "Sent", "response_json": json.dumps(answer)}
    interactive = {"type": "nfm_reply", "nfm_reply": reply}
    message = {"id": "wamid.9", "from": "393331234567", "type": "interactive"}
    [said] = heard("messages", {"messages": [message | {"interactive": interactive}]})
    assert isinstance(said, Said)
    assert said.context == {"form": "return-1", "form.why": "Rotta, Tardi"}
    [part] = said.parts
    assert isinstance(part, Native)
    assert part.text == "why: Rotta, Tardi"


def test_an_answer_without_bottom_is_words_and_spoils_nothing_beside_it() -> None:
    deep = '{"a":' + "[" * 900 + "]" * 900 + "}"
    interactive = {"type": "nfm_reply", "nfm_reply": {"name": "flow", "response_json": deep}}
    message = {"id": "wamid.9", "from": "393331234567", "type": "interactive"}
    spoken = {"id": "wamid.8", "from": "393331234567", "type": "text", "text": {"body": "Ciao"}}

    both = heard("messages", {"messages": [message | {"interactive": interactive}, spoken]})

    assert [one.id for one in both if isinstance(one, Said)] == ["wamid.9", "wamid.8"]
    assert msgspec.json.encode(both)
