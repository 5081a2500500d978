"""LINE, over the Messaging API of an official account."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Generator, Sequence
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

import msgspec

from filo.channels.contract import (
    Blob,
    Call,
    Capabilities,
    Card,
    Carousel,
    Choice,
    Config,
    DeliveryClass,
    Doubtful,
    Envelope,
    Fact,
    Forged,
    Handle,
    Hop,
    Later,
    Location,
    Media,
    Native,
    Profile,
    Receipt,
    Reply,
    Request,
    RichCard,
    Setting,
    Speech,
    Spoken,
    State,
    Text,
)
from filo.channels.kit import A_WHILE
from filo.connectors.line import inbound, life, outbound, wire
from filo.connectors.line.errors import raise_for_line, read
from filo.connectors.line.life import CONTENT, call
from filo.connectors.line.outbound import MIB

HEADER = "x-line-signature"
MOST_LOOKS = 10  # while LINE turns a long video into one that can be had

CARD = Card(
    kind="line",
    name="LINE",
    settings=(
        Setting(
            "provider_id",
            "Provider ID",
            help="In the LINE Developers Console: people's ids hold for one provider.",
        ),
        Setting("channel_secret", "Channel secret", secret=True),
        Setting("access_token", "Channel access token", secret=True, help="The long-lived one."),
        Setting("api_base", "API address", required=False, help="Only for a sandbox or a test."),
    ),
    can=Capabilities(
        text=5000,
        unit="utf16",
        parts=frozenset({Text, Media, Choice, RichCard, Carousel, Location, Native}),
        bare=frozenset({"*/*"}),
        options=13,
        label=20,
        links=True,
        media={
            "image/jpeg": 10 * MIB,
            "image/png": 10 * MIB,
            "audio/mp4": 200 * MIB,
            "audio/x-m4a": 200 * MIB,
            "audio/mpeg": 200 * MIB,
        },
        cards=12,
        card_title=100,
        card_text=500,
        card_options=4,
        reports=frozenset({State.SENT}),
        typing=True,
        reading=True,
        returns=True,
    ),
    delivery=DeliveryClass.KEYED,
    family="messaging",
    color="#06803f",
)


class Line:
    card = CARD

    def unseal(self, request: Request, config: Config) -> Request:
        secret = config.get("channel_secret", "")
        if not secret:
            raise Forged("no channel secret is set for this channel")
        given = request.headers.get(HEADER, "")
        if not hmac.compare_digest(given.encode(), signed(secret, request.body).encode()):
            raise Forged("the signature does not match")
        return request

    def parse(self, request: Request) -> Sequence[Fact]:
        return inbound.facts(request)

    def lane(self, request: Request) -> str:
        return wire.first_person(request.body)

    def say(self, to: Handle, part: Spoken, config: Config, envelope: Envelope) -> Speech:
        """Pushed, under a key that LINE knows for a day: it drops what we repeat."""
        quotes = envelope.answered.get("quote_token", "")
        message = outbound.message(part, author=envelope.author, quotes=quotes)
        reply = yield call(
            config,
            "message/push",
            json={"to": to.value, "messages": [message]},
            headers={"x-line-retry-key": str(uuid5(NAMESPACE_URL, f"filo:{envelope.ref}"))},
        )
        raise_for_line(reply)
        sent = read(reply, _Sent).messages
        if not sent and reply.status != 409:
            raise Doubtful("taken, but no message id came back")
        accepted = reply.headers.get("x-line-accepted-request-id", "")
        return Receipt(sent[0].id if sent else accepted or envelope.ref)

    def nod(
        self, to: Handle, message: str, config: Config, *, typing: bool
    ) -> Generator[Call, Reply, None]:
        chat = {"chat": {"userId": to.value}}
        raise_for_line((yield call(config, "message/markAsRead", json=chat, repeatable=True)))
        if typing:
            shown = {"chatId": to.value, "loadingSeconds": 20}
            raise_for_line((yield call(config, "chat/loading/start", json=shown, repeatable=True)))

    def fetch(self, media: Media, config: Config) -> Generator[Call, Reply, Blob]:
        """A long video is not ready at once (202): then we look again."""
        for look in range(MOST_LOOKS):
            path = f"message/{quote(media.ref, safe='')}/content"
            after = 2.0 if look else 0.0
            reply = yield call(config, path, method="GET", base=CONTENT, after=after)
            if reply.status != 202:
                break
        else:
            raise Later(A_WHILE, "the file is not ready yet")
        raise_for_line(reply)
        mime = reply.headers.get("content-type", "").partition(";")[0]
        generic = mime in ("", "application/octet-stream")
        return Blob(media.mime if generic else mime, reply.body, media.name)

    def introduce(self, who: Handle, config: Config) -> Generator[Call, Reply, Profile]:
        reply = yield call(config, f"profile/{who.value}", method="GET")
        raise_for_line(reply)
        found = read(reply, _Person)
        return Profile(found.display_name, found.picture_url, found.language)

    def check(self, config: Config, *, hook: str) -> Generator[Call, Reply, tuple[Hop, ...]]:
        return (yield from life.check(config, hook=hook))

    def register(self, config: Config, *, hook: str) -> Generator[Call, Reply, dict[str, str]]:
        return (yield from life.register(config, hook=hook))


connector = Line()


class _Id(msgspec.Struct):
    id: str = ""


class _Sent(msgspec.Struct):
    messages: list[_Id] = msgspec.field(name="sentMessages", default_factory=list)


class _Person(msgspec.Struct, rename="camel"):
    display_name: str = ""
    picture_url: str = ""
    language: str = ""


def signed(secret: str, body: bytes) -> str:
    return base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()
