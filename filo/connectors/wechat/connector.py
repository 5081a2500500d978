"""WeChat: an official account, its pushes in safe mode, answers by the customer service API."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec

from filo.channels.contract import (
    Approved,
    Blob,
    Call,
    Capabilities,
    Card,
    Choice,
    Config,
    DeliveryClass,
    Envelope,
    Fact,
    Failed,
    Forged,
    Handle,
    Hop,
    Media,
    Profile,
    Reason,
    Receipt,
    Reply,
    Request,
    Setting,
    Speech,
    Spoken,
    Template,
    Text,
    Window,
)
from filo.channels.kit import base_of, raise_for_reply, with_body
from filo.connectors.wechat import crypto, inbound, library, outbound, wire
from filo.connectors.wechat.errors import (
    AGENT_CODES,
    EXPIRED,
    answer_of,
    raise_for_taken,
    raise_for_wechat,
)
from filo.core.text import UNREADABLE

API = "https://api.weixin.qq.com"
FILES = (".qq.com", ".qpic.cn", ".qlogo.cn")
LONGEST_ECHO = 200
MINUTE, TWO_DAYS = timedelta(minutes=1), timedelta(hours=48)
EARLY = timedelta(minutes=5)  # a key is renewed so long before it ends
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
BY_ACT = (inbound.FOLLOW, inbound.SCAN, inbound.MENU)

CARD = Card(
    kind="wechat",
    name="WeChat",
    settings=(
        Setting("app_id", "App ID", help="It begins with wx: Settings and development."),
        Setting("app_secret", "App secret of WeChat", secret=True),
        Setting("token", "Token", secret=True, help="3 to 32 letters and digits of your choice."),
        Setting("encoding_aes_key", "EncodingAESKey", secret=True,
                help="43 letters; choose the safe mode."),
        Setting("original_id", "Original ID", required=False, help="It begins with gh_."),
        Setting(
            "kf_account",
            "Agent account",
            required=False,
            help="Whose name and face customers see, as anna@brezza.",
        ),
        Setting("access_token", "Access token of WeChat", secret=True, required=False,
                help="Leave it empty: Filo asks for it, and for a new one every two hours."),
        Setting("access_token_until", "Access token holds until", required=False),
        Setting("api_base", "API address", required=False, help="Only for a sandbox or a test."),
    ),
    can=Capabilities(
        text=2048,
        unit="bytes",
        parts=frozenset({Text, Media, Choice, Template}),
        caption=0,
        question=400,
        options=10,
        label=40,
        inline=200,
        links=True,
        media={
            **dict.fromkeys(
                ("image/jpeg", "image/png", "image/gif", "image/bmp"), 10 * outbound.MIB
            ),
            **dict.fromkeys(("audio/amr", "audio/mpeg"), 2 * outbound.MIB),
            "video/mp4": 10 * outbound.MIB,
        },
        window=TWO_DAYS,
        windows=(
            Window(TWO_DAYS, most=5),
            *(Window(MINUTE, act, most=3, opened_by=act) for act in BY_ACT),
            Window(MINUTE, inbound.ENTER, most=2, opened_by=inbound.ENTER),
        ),
        typing=True,
        returns=True,
    ),
    delivery=DeliveryClass.FIRE,
    thanks=b"success",
    body_limit=64 * 1024,
    family="messaging",
    address="original_id",
    signed_by="token",
    color="#2b7a2f",
)  # fmt: skip


KEYS = "Compare App ID and App secret with Basic configuration; a new secret ends the old one."
WHITELIST = "Add Filo's public address to the IP whitelist, below the App secret."


class WeChat:
    card = CARD

    def greet(self, request: Request, config: Config) -> bytes:
        query = request.query
        stamps = (query.get("timestamp", ""), query.get("nonce", ""))
        crypto.check(query.get("signature", ""), *stamps, token=config.get("token", ""))
        return query.get("echostr", "")[:LONGEST_ECHO].encode()

    def unseal(self, request: Request, config: Config) -> Request:
        query, token = request.query, config.get("token", "")
        stamps = (query.get("timestamp", ""), query.get("nonce", ""))
        crypto.check(query.get("signature", ""), *stamps, token=token)
        crypto.check_time(query, at=request.at)
        sealed = wire.encrypted(request.body)
        if not sealed:
            # A plain push proves who calls, not what: its signature does not cover the body.
            raise Forged("the push is not encrypted: choose the safe mode")
        crypto.check(query.get("msg_signature", ""), *stamps, sealed, token=token)
        key = crypto.key_of(config.get("encoding_aes_key", ""))
        return with_body(request, crypto.opened(sealed, key=key, app=config.get("app_id", "")))

    def parse(self, request: Request) -> Sequence[Fact]:
        return inbound.facts(request)

    def lane(self, request: Request) -> str:
        return wire.words(request.body).get("FromUserName", "")

    def say(self, to: Handle, part: Spoken, config: Config, envelope: Envelope) -> Speech:
        if isinstance(part, Template):
            path, body = outbound.template(to, part, envelope)
            reply = yield from _asked(config, lambda key: _post(config, path, key, json=body))
            raise_for_taken(reply, at=envelope.at)
            return Receipt(str(answer_of(reply).msgid or envelope.ref))
        media_id = ""
        if isinstance(part, Media) and part.attachment not in envelope.files:
            part = Text("\n".join(filter(None, [part.caption, part.url])))
        if isinstance(part, Media):
            media_id = yield from _upload(part, config, envelope)
        reply = yield from _sent(to, part, config, media_id=media_id)
        raise_for_taken(reply, at=envelope.at)
        return Receipt(envelope.ref)  # they name no message: our own reference stands for it

    def nod(
        self, to: Handle, message: str, config: Config, *, typing: bool
    ) -> Generator[Call, Reply, None]:
        """Only that we are writing; their refusals (too soon, already told) matter to nobody."""
        if typing:
            body = {"touser": to.value, "command": "Typing"}
            path = "message/custom/typing"
            yield from _asked(
                config, lambda key: _post(config, path, key, json=body, repeatable=True)
            )

    def fetch(self, media: Media, config: Config) -> Generator[Call, Reply, Blob]:
        place = f"media/get?media_id={quote(media.ref, safe='')}"
        reply = yield from _asked(config, lambda key: _get(config, place, key))
        there = _video(reply)
        if there:
            _check_host(there, config)
            reply = yield Call(url=there, method="GET")
            raise_for_reply(reply)
        else:
            raise_for_wechat(reply)
        mime = reply.headers.get("content-type", "").partition(";")[0]
        known = mime.startswith(("image/", "audio/", "video/"))
        return Blob(mime if known else media.mime, reply.body, media.name)

    def introduce(self, who: Handle, config: Config) -> Generator[Call, Reply, Profile]:
        place = f"user/info?openid={quote(who.value, safe='')}&lang=en"
        reply = yield from _asked(config, lambda key: _get(config, place, key))
        raise_for_wechat(reply)
        told = _person(reply)
        return Profile(name=told.remark or told.nickname, language=told.language)

    def check(self, config: Config, *, hook: str) -> Generator[Call, Reply, tuple[Hop, ...]]:
        reply = yield _token_call(config)
        answer = answer_of(reply)
        if reply.status == 200 and answer.access_token:
            return (Hop("account", ok=True),)
        detail = f"WeChat says {answer.errcode or reply.status} {answer.errmsg}".strip()
        listed = answer.errcode == 40164
        return (Hop("account", False, detail, WHITELIST if listed else KEYS),)

    def templates(self, config: Config) -> Generator[Call, Reply, tuple[Approved, ...]]:
        """Template messages, and subscription notices. An account that has none lists none."""
        found: list[Approved] = []
        for place, read in library.SHELVES:
            reply = yield from _asked(config, partial(_get_at, config, place))
            if answer_of(reply).errcode in library.NOT_OURS:
                continue
            raise_for_wechat(reply)
            found += read(reply)
        return tuple(found)

    def due(self, config: Config) -> datetime | None:
        try:
            until = datetime.fromisoformat(config.get("access_token_until", ""))
        except ValueError:
            return LONG_AGO
        return until - EARLY if config.get("access_token") and until.tzinfo else LONG_AGO

    def renew(self, config: Config, *, at: datetime) -> Generator[Call, Reply, dict[str, str]]:
        reply = yield _token_call(config)
        raise_for_wechat(reply, at=at)
        answer = answer_of(reply)
        if not answer.access_token:
            raise Failed(Reason.REFUSED, "the answer held no access token")
        until = at + timedelta(seconds=answer.expires_in)
        return {"access_token": answer.access_token, "access_token_until": until.isoformat()}


connector = WeChat()


class _Person(msgspec.Struct):
    remark: str = ""
    nickname: str = ""
    language: str = ""


class _Video(msgspec.Struct):
    video_url: str = ""


# --- calls ----------------------------------------------------------------


def _asked(config: Config, call: Callable[[str], Call]) -> Generator[Call, Reply, Reply]:
    """One call with our access token; a token that ended is fetched once, and the call repeated.

    The stable token is the same for all who ask: nobody takes it away from somebody else.
    """
    token = config.get("access_token", "") or (yield from _fresh_token(config))
    reply = yield call(token)
    if reply.status == 200 and answer_of(reply).errcode in EXPIRED:
        reply = yield call((yield from _fresh_token(config)))
    return reply


def _fresh_token(config: Config) -> Generator[Call, Reply, str]:
    reply = yield _token_call(config)
    raise_for_wechat(reply)
    return answer_of(reply).access_token


def _token_call(config: Config) -> Call:
    wish = {
        "grant_type": "client_credential",
        "appid": config["app_id"],
        "secret": config["app_secret"],
    }
    return Call(f"{_base(config)}/cgi-bin/stable_token", json=wish, repeatable=True)


def _post(config: Config, path: str, token: str, **fields: Any) -> Call:
    # msgspec writes letters beyond ASCII as they are: an escaped one would be shown escaped.
    mark = "&" if "?" in path else "?"
    url = f"{_base(config)}/cgi-bin/{path}{mark}access_token={{access_token}}"
    return Call(url, keys={"access_token": token}, **fields)


def _get(config: Config, path: str, token: str) -> Call:
    return _post(config, path, token, method="GET")


def _get_at(config: Config, place: str, token: str) -> Call:
    """The same beside `/cgi-bin`."""
    url = f"{_base(config)}/{place}?access_token={{access_token}}"
    return Call(url, method="GET", keys={"access_token": token})


def _base(config: Config) -> str:
    return base_of(config.get("api_base") or API)


def _sent(
    to: Handle, part: Spoken, config: Config, *, media_id: str
) -> Generator[Call, Reply, Reply]:
    """As the named agent; without a name where WeChat's own console does not know them."""

    def call(key: str, *, agent: bool = True) -> Call:
        body = outbound.message(to, part, config, media_id=media_id, agent=agent)
        return _post(config, "message/custom/send", key, json=body)

    reply = yield from _asked(config, call)
    if reply.status == 200 and answer_of(reply).errcode in AGENT_CODES:
        reply = yield from _asked(config, lambda key: call(key, agent=False))
    return reply


def _upload(media: Media, config: Config, envelope: Envelope) -> Generator[Call, Reply, str]:
    blob = envelope.files[media.attachment]
    kind, mime = outbound.kind_of(media), media.mime or blob.mime
    files = {"media": (media.name or blob.name or "file", blob.body, mime)}
    reply = yield from _asked(
        config,
        lambda key: _post(config, f"media/upload?type={kind}", key, files=files, repeatable=True),
    )
    raise_for_wechat(reply, at=envelope.at)
    media_id = answer_of(reply).media_id
    if not media_id:
        raise Failed(Reason.OTHER, "the upload was answered without an id")
    return media_id


def _person(reply: Reply) -> _Person:
    try:
        return msgspec.json.decode(reply.body, type=_Person, strict=False)
    except UNREADABLE:
        return _Person()


def _video(reply: Reply) -> str:
    try:
        return msgspec.json.decode(reply.body, type=_Video).video_url
    except UNREADABLE:
        return ""


def _check_host(url: str, config: Config) -> None:
    if config.get("api_base") and base_of(url) == base_of(config["api_base"]):
        return
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not f".{parts.hostname}".endswith(FILES):
        raise Failed(Reason.OTHER, "the file is said to be at an address that is not WeChat's")
