"""WeChat: the envelope against wechatpy's own, the token, the windows, the refusals."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from wechatpy.crypto import PrpCrypto, WeChatCrypto

from filo.channels.contract import (
    Blob,
    Call,
    Choice,
    Doubtful,
    Envelope,
    Failed,
    Forged,
    Handle,
    Later,
    Media,
    Option,
    Part,
    Reason,
    Receipt,
    Reply,
    Request,
    Said,
    Scope,
    Template,
    Text,
)
from filo.channels.fitting import fit
from filo.channels.kit import converse
from filo.channels.windows import Spoke, opening
from filo.connectors.wechat import crypto
from filo.connectors.wechat.connector import connector as wechat
from filo.connectors.wechat.seal import seal

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
APP, TOKEN = "wx49f0ab532d5d035a", "123456"
KEY = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"
ECHO = "4ByGGj+sVCYcvGeQYhaKIk1o0pQRNbRjxybjTGblXrBaXlTXeOo1+bXFXDQQb1o6co6Yh9Bv41n7hOchLF6p+Q=="
ADA = Handle(f"wechat:{APP}", "oABC")
CONFIG = {
    "app_id": APP,
    "app_secret": "hush",
    "token": TOKEN,
    "encoding_aes_key": KEY,
    "access_token": "T1",
    "access_token_until": "2026-01-02T14:00:00+00:00",
}
XML = (
    "<xml><ToUserName>gh_1</ToUserName><FromUserName>oABC</FromUserName>"
    "<CreateTime>1767355200</CreateTime><MsgType>text</MsgType>"
    "<Content>你好</Content><MsgId>1</MsgId></xml>"
)


def pushed(body: str = XML, *, at: datetime = NOON) -> Request:
    return Request(body.encode(), at, settings={"app_id": APP})


# --- the envelope ---------------------------------------------------------


def test_the_vector_of_wechatpys_own_tests_holds() -> None:
    words = (TOKEN, "1411443780", "437374425", ECHO)
    assert crypto.signature(*words) == "dd6b9c95b495b3f7e2901bfbc76c664930ffdb96"
    theirs = PrpCrypto(crypto.key_of(KEY)).decrypt(ECHO, APP)
    assert crypto.opened(ECHO, key=crypto.key_of(KEY), app=APP).decode() == theirs


def test_we_open_what_wechatpy_seals() -> None:
    stamp = str(int(NOON.timestamp()))
    whole = WeChatCrypto(TOKEN, KEY, APP).encrypt_message(XML, "n1", stamp)
    outer = whole.split("<MsgSignature><![CDATA[")[1].partition("]]>")[0]
    query = {
        "signature": crypto.signature(TOKEN, stamp, "n1"),
        "timestamp": stamp,
        "nonce": "n1",
        "msg_signature": outer,
    }
    made = msgspec.structs.replace(pushed(whole), query=query)
    opened = wechat.unseal(made, CONFIG)
    assert opened.body.decode() == XML
    [said] = wechat.parse(opened)
    assert isinstance(said, Said) and said.parts == (Text("你好"),)


def test_wechatpy_opens_what_we_seal() -> None:
    made = seal(pushed(), CONFIG)
    query = made.query
    plain = WeChatCrypto(TOKEN, KEY, APP).decrypt_message(
        made.body.decode(), query["msg_signature"], query["timestamp"], query["nonce"]
    )
    assert plain == XML


@pytest.mark.parametrize("name", ["signature", "msg_signature", "timestamp", "nonce"])
def test_each_word_of_the_query_is_proved(name: str) -> None:
    made = seal(pushed(), CONFIG)
    with pytest.raises(Forged):
        wechat.unseal(msgspec.structs.replace(made, query=made.query | {name: "1"}), CONFIG)


def test_a_plain_push_and_an_old_one_are_refused() -> None:
    made = seal(pushed(), CONFIG)
    with pytest.raises(Forged, match="safe mode"):
        wechat.unseal(msgspec.structs.replace(made, body=XML.encode()), CONFIG)
    with pytest.raises(Forged, match="too old"):
        wechat.unseal(msgspec.structs.replace(made, at=NOON + timedelta(minutes=6)), CONFIG)


def test_a_push_for_another_app_is_refused() -> None:
    with pytest.raises(Forged, match="another app"):
        wechat.unseal(seal(pushed(), CONFIG | {"app_id": "wx2"}), CONFIG)


def test_the_knock_is_answered_with_its_echo() -> None:
    query = {"timestamp": "1411443780", "nonce": "437374425", "echostr": "5837"}
    knock = Request(b"", NOON, query=query, method="GET")
    with pytest.raises(Forged):
        wechat.greet(knock, CONFIG)
    query["signature"] = crypto.signature(TOKEN, query["timestamp"], query["nonce"])
    assert wechat.greet(msgspec.structs.replace(knock, query=query), CONFIG) == b"5837"


# --- the windows ----------------------------------------------------------


def test_a_message_opens_two_days_and_five_messages_an_act_one_minute_and_three() -> None:
    can = wechat.card.can
    soon = NOON + timedelta(seconds=30)
    said, followed = [Spoke(NOON)], [Spoke(NOON, "follow")]
    wide, narrow = opening(can, said, at=soon), opening(can, followed, [soon], at=soon)
    assert wide and (wide.until, wide.left) == (NOON + timedelta(hours=48), 5)
    assert narrow and (narrow.until, narrow.left) == (NOON + timedelta(minutes=1), 2)
    assert opening(can, followed, at=NOON + timedelta(seconds=61)) is None
    assert opening(can, said, [soon] * 5, at=soon) is None


# --- out ------------------------------------------------------------------


def say(part: Part, *answers: Any, **config: str) -> tuple[Receipt, list[Call]]:
    told = answers or ({"errcode": 0, "errmsg": "ok"},)
    waiting = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in told]
    made: list[Call] = []

    def carry(call: Call) -> Reply:
        made.append(call)
        return Reply(200, waiting.pop(0))

    files = {"att_1": Blob("image/png", b"\x89PNG", "p.png")}
    envelope = Envelope("dlv_1", NOON, files=files)
    return converse(wechat.say(ADA, part, CONFIG | config, envelope), carry), made


def test_an_answer_goes_by_the_customer_service_api() -> None:
    receipt, [made] = say(Text("Buongiorno"), kf_account="anna@brezza")
    assert receipt.id == "dlv_1"
    assert made.url.endswith("/cgi-bin/message/custom/send?access_token={access_token}")
    assert made.address.endswith("access_token=T1")
    assert made.json == {
        "touser": "oABC",
        "msgtype": "text",
        "text": {"content": "Buongiorno"},
        "customservice": {"kf_account": "anna@brezza"},
    }


def test_a_question_is_a_menu_and_links_are_tapped_in_the_text() -> None:
    _, [made] = say(Choice("Quale?", (Option("a", "Corridoio"), Option("w", "Finestrino"))))
    assert isinstance(made.json, dict) and made.json["msgmenu"]["list"][1]["id"] == "w"
    _, [made] = say(
        Choice("Dove?", (Option("a", "Qui & ora"), Option("w", "Web", url="https://b")))
    )
    assert isinstance(made.json, dict)
    assert made.json["text"]["content"].splitlines() == [
        "Dove?",
        '<a href="weixin://bizmsgmenu?msgmenucontent=Qui%20%26%20ora&amp;msgmenuid=a">'
        "Qui &amp; ora</a>",
        '<a href="https://b">Web</a>',
    ]


def test_a_file_is_uploaded_first() -> None:
    picture = Media("image/png", attachment="att_1", name="p.png")
    _, [upload, made] = say(picture, {"media_id": "M1"}, {"errcode": 0})
    assert "media/upload?type=image" in upload.url and upload.repeatable
    assert isinstance(made.json, dict) and made.json["image"] == {"media_id": "M1"}


def test_a_template_is_sent_once_whatever_happens() -> None:
    part = Template("t1", "zh", "Imbarco ore 9", {"body.time": "9:00"})
    receipt, [made] = say(part, {"errcode": 0, "msgid": 200163836})
    assert receipt.id == "200163836"
    assert isinstance(made.json, dict) and made.json["client_msg_id"] == "dlv_1"
    assert made.json["data"] == {"time": {"value": "9:00"}}
    assert say(part, {"errcode": 45065})[0].id == "dlv_1"


def test_a_notice_goes_to_those_who_ticked_it_and_a_template_opens_its_page() -> None:
    values = {"body.time1": "9:00", "url": "https://brezza.example/b/1"}
    receipt, [made] = say(Template("subscribe:n1", "zh_CN", "Imbarco", values), {"errcode": 0})
    assert made.url.startswith("https://api.weixin.qq.com/cgi-bin/message/subscribe/bizsend")
    assert made.json == {
        "touser": ADA.value,
        "template_id": "n1",
        "data": {"time1": {"value": "9:00"}},
        "page": "https://brezza.example/b/1",
    }
    assert receipt.id == "dlv_1"
    _, [made] = say(Template("t1", "zh_CN", "Imbarco", values), {"errcode": 0, "msgid": 1})
    assert isinstance(made.json, dict) and made.json["url"] == "https://brezza.example/b/1"


def test_both_shelves_of_texts_are_listed() -> None:
    shelves = [
        {"template_list": [{"template_id": "t1", "title": "Volo", "content": "{{first.DATA}}\n!"}]},
        {
            "errcode": 0,
            "data": [{"priTmplId": "n1", "title": "Imbarco", "content": "{{time1.DATA}}"}],
        },
    ]
    replies = [Reply(200, json.dumps(one).encode()) for one in shelves]
    first, second = converse(wechat.templates(CONFIG), lambda call: replies.pop(0))
    assert (first.name, first.body, first.variables) == ("t1", "{{first}}\n!", ("body.first",))
    assert (second.name, second.category) == ("subscribe:n1", "subscription")
    no = Reply(200, b'{"errcode":48001,"errmsg":"api unauthorized"}')
    assert converse(wechat.templates(CONFIG), lambda call: no) == ()


def test_an_answer_that_is_not_wechats_leaves_doubt() -> None:
    for told in (b"<html>", b"{}", b""):
        with pytest.raises(Doubtful):
            say(Text("ciao"), told)


def test_who_enters_a_mini_program_opens_two_messages_in_a_minute() -> None:
    found = opening(wechat.card.can, [Spoke(NOON, "enter")], at=NOON + timedelta(seconds=30))
    assert found and (found.left, found.until) == (2, NOON + timedelta(minutes=1))


def test_many_links_are_not_more_than_wechat_takes() -> None:
    links = tuple(
        Option(str(n), f"Volo {n}", url=f"https://b.example/{'x' * 200}{n}") for n in range(10)
    )
    for part in fit([Choice("Quale?", links)], wechat.card.can).parts:
        assert isinstance(part, Text) and len(part.text.encode()) <= 2048


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_token_that_ended_is_fetched_once_and_the_call_repeated(code: int) -> None:
    fresh = {"access_token": "T2", "expires_in": 7200}
    _, made = say(Text("ciao"), {"errcode": code}, fresh, {"errcode": 0})
    assert [call.keys.get("access_token", "") for call in made] == ["T1", "", "T2"]
    with pytest.raises(Failed) as told:
        say(Text("ciao"), {"errcode": code}, fresh, {"errcode": code})
    assert told.value.scope is Scope.CHANNEL


def test_without_a_token_one_is_asked_for() -> None:
    _, made = say(Text("ciao"), {"access_token": "T9"}, {"errcode": 0}, access_token="")
    assert made[0].url.endswith("/cgi-bin/stable_token") and made[1].keys["access_token"] == "T9"


def test_an_agent_that_wechat_does_not_know_is_left_out() -> None:
    _, made = say(Text("ciao"), {"errcode": 61451}, {"errcode": 0}, kf_account="x@y")
    assert [bool("customservice" in str(call.json)) for call in made] == [True, False]


@pytest.mark.parametrize(
    ("code", "reason", "scope"),
    [
        (40003, Reason.UNREACHABLE, Scope.PERSON),
        (40007, Reason.OTHER, Scope.MESSAGE),
        (40013, Reason.REFUSED, Scope.CHANNEL),
        (40125, Reason.REFUSED, Scope.CHANNEL),
        (40164, Reason.REFUSED, Scope.CHANNEL),
        (43004, Reason.BLOCKED, Scope.PERSON),
        (43019, Reason.BLOCKED, Scope.PERSON),
        (48002, Reason.BLOCKED, Scope.PERSON),
        (50005, Reason.BLOCKED, Scope.PERSON),
        (43101, Reason.BLOCKED, Scope.MESSAGE),
        (45002, Reason.OTHER, Scope.MESSAGE),
        (45015, Reason.WINDOW_CLOSED, Scope.MESSAGE),
        (45047, Reason.WINDOW_CLOSED, Scope.MESSAGE),
        (48001, Reason.REFUSED, Scope.MESSAGE),
    ],
)
def test_each_refusal_has_its_reason_and_reach(code: int, reason: Reason, scope: Scope) -> None:
    with pytest.raises(Failed) as told:
        say(Text("ciao"), {"errcode": code, "errmsg": "no"})
    assert (told.value.reason, told.value.scope) == (reason, scope)


@pytest.mark.parametrize(
    ("code", "pause"),
    [(-1, timedelta(seconds=5)), (45011, timedelta(minutes=1)), (45009, timedelta(hours=4))],
)
def test_a_quota_is_waited_for(code: int, pause: timedelta) -> None:
    # noon in London is eight in the evening in Beijing, where the day's quota ends at midnight
    with pytest.raises(Later) as told:
        say(Text("ciao"), {"errcode": code})
    assert told.value.after == pause


def test_an_answer_that_was_lost_leaves_doubt() -> None:
    speech = wechat.say(ADA, Text("ciao"), CONFIG, Envelope("dlv_1", NOON))
    with pytest.raises(Doubtful):
        converse(speech, lambda call: Reply(502))


# --- the token's life -----------------------------------------------------


def test_the_token_is_renewed_before_it_ends() -> None:
    assert wechat.due(CONFIG) == NOON + timedelta(hours=2) - timedelta(minutes=5)
    assert wechat.due({}) == datetime(1970, 1, 1, tzinfo=UTC)
    changed = converse(
        wechat.renew(CONFIG, at=NOON),
        lambda call: Reply(200, b'{"access_token":"T2","expires_in":7200}'),
    )
    assert changed == {"access_token": "T2", "access_token_until": "2026-01-02T14:00:00+00:00"}
    with pytest.raises(Failed):
        converse(wechat.renew(CONFIG, at=NOON), lambda call: Reply(200, b'{"errcode":40125}'))


# --- files ----------------------------------------------------------------


def test_a_video_is_fetched_at_the_address_that_is_named() -> None:
    made: list[Call] = []
    waiting = [Reply(200, b'{"video_url":"https://v.qq.com/x"}'), Reply(200, b"mp4")]

    def carry(call: Call) -> Reply:
        made.append(call)
        return waiting.pop(0)

    blob = converse(wechat.fetch(Media("video/mp4", ref="m/1"), CONFIG), carry)
    assert blob == Blob("video/mp4", b"mp4")
    assert "media_id=m%2F1" in made[0].url and not made[1].keys
    with pytest.raises(Failed, match="not WeChat's"):
        evil = Reply(200, b'{"video_url":"https://evilqq.com/x"}')
        converse(wechat.fetch(Media("video/mp4", ref="m1"), CONFIG), lambda call: evil)


def test_a_file_that_is_gone_is_said_so() -> None:
    with pytest.raises(Failed):
        gone = Reply(200, b'{"errcode":40007,"errmsg":"invalid media_id"}')
        converse(wechat.fetch(Media("image/jpeg", ref="m1"), CONFIG), lambda call: gone)
