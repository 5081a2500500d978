"""X: mentions and posts, which are public, and direct messages, over API v2."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Generator, Sequence
from datetime import datetime, timedelta
from urllib.parse import quote

import msgspec

from filo.channels.contract import (
    Blob,
    Call,
    Capabilities,
    Card,
    Config,
    DeliveryClass,
    Envelope,
    Fact,
    Failed,
    Fed,
    Forged,
    Handle,
    Hop,
    Media,
    Moderation,
    Profile,
    Reason,
    Receipt,
    Reply,
    Request,
    Setting,
    Speech,
    Spoken,
    State,
    Text,
)
from filo.channels.kit import base_of, size
from filo.connectors.x import inbound, life, rest
from filo.connectors.x.errors import raise_for_x
from filo.core import clock

MARK = "x-twitter-webhooks-signature"
LONGEST_TOKEN = 200
LONGEST_MESSAGE, LONGEST_POST = 10_000, 280
SELF_SERVE, ENTERPRISE = "self-serve", "enterprise"
HIDDEN = {Moderation.HIDE: True, Moderation.UNHIDE: False}
LIKES = {Moderation.LIKE: "POST", Moderation.UNLIKE: "DELETE"}

CARD = Card(
    kind="x",
    name="X",
    settings=(
        Setting("user_id", "User ID of the account", help="Digits: GET /2/users/me shows them."),
        Setting("username", "User name", help="Without the @."),
        Setting("consumer_key", "API key", required=False, help="Only for OAuth 1.0a."),
        Setting("consumer_secret", "API key secret", secret=True, help="X signs with it."),
        Setting("access_token", "Access token of X", secret=True),
        Setting(
            "access_secret",
            "Access token secret",
            secret=True,
            required=False,
            help="Given, Filo signs its calls by OAuth 1.0a; these keys do not end.",
        ),
        Setting("refresh_token", "Refresh token", secret=True, required=False,
                help="For OAuth 2: Filo fetches a new access token every two hours."),
        Setting("client_id", "Client ID", required=False),
        Setting("client_secret", "Client secret", secret=True, required=False),
        Setting("access_token_until", "Access token holds until", required=False),
        Setting("bearer_token", "Bearer token of the app", secret=True, required=False,
                help="Only to tell X where Filo is."),
        Setting(
            "tier",
            "Access tier",
            required=False,
            default=SELF_SERVE,
            choices=(SELF_SERVE, ENTERPRISE),
        ),
        Setting("post_length", "Longest post", required=False, default="280",
                help="25000 for Premium accounts."),
        Setting("api_base", "API address", required=False, help="Only for a sandbox or a test."),
    ),
    can=Capabilities(
        text=LONGEST_MESSAGE,
        parts=frozenset({Text, Media}),
        caption=LONGEST_MESSAGE,
        media={
            **dict.fromkeys(("image/jpeg", "image/png", "image/webp"), 5 * rest.MIB),
            "image/gif": 15 * rest.MIB,
            "video/mp4": 100 * rest.MIB,
        },
        reports=frozenset({State.SENT, State.READ}),
        privately=timedelta(days=30),
        moderation=frozenset({Moderation.HIDE, Moderation.UNHIDE}),
    ),
    delivery=DeliveryClass.FIRE,
    family="messaging",
    address="user_id",
    signed_by="consumer_secret",
    color="#14171a",
)  # fmt: skip


class X:
    card = CARD

    def adapt(self, config: Config) -> Card:
        """Since April 2026 only enterprise apps may like; how long a post is, the account tells."""
        likes = {Moderation.LIKE, Moderation.UNLIKE} if config.get("tier") == ENTERPRISE else set()
        longest = _longest(config)
        can = msgspec.structs.replace(CARD.can, moderation=CARD.can.moderation | likes)
        posts = msgspec.structs.replace(can, text=longest, caption=longest, unit="weighted")
        can = msgspec.structs.replace(can, in_public=posts)
        return msgspec.structs.replace(CARD, can=can)

    def greet(self, request: Request, config: Config) -> bytes:
        """The challenge: X sends a word, and wants it back signed, again and again."""
        word, key = request.query.get("crc_token", ""), config.get("consumer_secret", "")
        if not word or not key or len(word) > LONGEST_TOKEN:
            raise Forged("this is no challenge of X")
        return msgspec.json.encode({"response_token": mark(key, word.encode())})

    def unseal(self, request: Request, config: Config) -> Request:
        key = config.get("consumer_secret", "")
        if not key:
            raise Forged("no key is set for this channel")
        given = request.headers.get(MARK, "").encode()
        if not hmac.compare_digest(given, mark(key, request.body).encode()):
            raise Forged("the signature does not match")
        return request

    def parse(self, request: Request) -> Sequence[Fact]:
        return inbound.facts(request)

    def lane(self, request: Request) -> str:
        return inbound.first_person(request)

    def say(self, to: Handle, part: Spoken, config: Config, envelope: Envelope) -> Speech:
        text, media_id = _words(part, envelope), ""
        if envelope.public:
            _check_length(text, config)
        if isinstance(part, Media) and part.attachment in envelope.files:
            media_id = yield from rest.upload(part, config, envelope)
        speak = _post if envelope.public else _message
        reply = yield speak(to, text, media_id, config, envelope)
        raise_for_x(reply, at=envelope.at, to_person=not envelope.public)
        return Receipt(rest.id_of(reply))

    def moderate(
        self, action: Moderation, message: str, config: Config
    ) -> Generator[Call, Reply, None]:
        post = quote(message, safe="")
        if action in HIDDEN:
            wish = {"hidden": HIDDEN[action]}
            call = rest.call(
                config, f"tweets/{post}/hidden", method="PUT", json=wish, repeatable=True
            )
        elif action in LIKES:
            call = _like(action, message, config)
        else:
            raise Failed(Reason.REFUSED, "X lets nobody delete the posts of others")
        raise_for_x((yield call), at=clock.now())

    def fetch(self, media: Media, config: Config) -> Generator[Call, Reply, Blob]:
        """A picture of a post stands open at an address; one of a message is asked for by ids."""
        if media.ref.startswith(("https://", "http://")):
            _check_host(media.ref, config)
            reply = yield Call(media.ref, method="GET")
        else:
            place = "/".join(quote(one, safe="") for one in media.ref.split("/")[:3])
            reply = yield rest.call(config, f"dm_conversations/media/{place}", method="GET")
        raise_for_x(reply, at=clock.now())
        mime = reply.headers.get("content-type", "").partition(";")[0]
        known = mime.startswith(("image/", "video/"))
        return Blob(mime if known else media.mime, reply.body, media.name)

    def introduce(self, who: Handle, config: Config) -> Generator[Call, Reply, Profile]:
        path = f"users/{quote(who.value, safe='')}?user.fields=profile_image_url"
        reply = yield rest.call(config, path, method="GET")
        raise_for_x(reply, at=clock.now())
        told = life.person_of(reply)
        return Profile(name=told.name or told.username, picture=told.profile_image_url)

    def check(self, config: Config, *, hook: str) -> Generator[Call, Reply, tuple[Hop, ...]]:
        return life.check(config, hook=hook)

    def register(self, config: Config, *, hook: str) -> Generator[Call, Reply, dict[str, str]]:
        return life.register(config, hook=hook)

    def due(self, config: Config) -> datetime | None:
        return life.due(config)

    def renew(self, config: Config, *, at: datetime) -> Generator[Call, Reply, dict[str, str]]:
        return life.renew(config, at=at)

    def feed(self, config: Config, cursor: str, *, at: datetime) -> Generator[Call, Reply, Fed]:
        return life.feed(config, cursor, at=at)


connector = X()


def mark(key: str, body: bytes) -> str:
    """Base64, where Meta writes hexadecimal."""
    return "sha256=" + base64.b64encode(hmac.digest(key.encode(), body, "sha256")).decode()


def _words(part: Spoken, envelope: Envelope) -> str:
    match part:
        case Text():
            return part.text
        case Media() if part.attachment in envelope.files:
            return part.caption
        case Media():
            return "\n".join(filter(None, [part.caption, part.url]))
        case _:
            raise Failed(Reason.OTHER, f"X knows no {type(part).__name__}")


def _check_length(text: str, config: Config) -> None:
    length, longest = size(text, "weighted"), _longest(config)
    if length > longest:
        raise Failed(Reason.REFUSED, f"{length} of {longest}: too long for a post")


def _longest(config: Config) -> int:
    given = config.get("post_length", "")
    return int(given) if given.isascii() and given.isdigit() else LONGEST_POST


def _post(to: Handle, text: str, media_id: str, config: Config, envelope: Envelope) -> Call:
    above = envelope.answers or envelope.post
    body = {
        **({"text": text} if text else {}),
        **({"reply": {"in_reply_to_tweet_id": above}} if above else {}),
        **({"media": {"media_ids": [media_id]}} if media_id else {}),
    }
    return rest.call(config, "tweets", at=envelope.at, json=body)


def _message(to: Handle, text: str, media_id: str, config: Config, envelope: Envelope) -> Call:
    body = {
        **({"text": text} if text else {}),
        **({"attachments": [{"media_id": media_id}]} if media_id else {}),
    }
    path = f"dm_conversations/with/{quote(to.value, safe='')}/messages"
    return rest.call(config, path, at=envelope.at, json=body)


def _like(action: Moderation, message: str, config: Config) -> Call:
    path = f"users/{quote(config['user_id'], safe='')}/likes"
    if action is Moderation.LIKE:
        return rest.call(config, path, json={"tweet_id": message}, repeatable=True)
    path = f"{path}/{quote(message, safe='')}"
    return rest.call(config, path, method="DELETE", repeatable=True)


def _check_host(url: str, config: Config) -> None:
    """Pictures are asked for without a key, but only where X keeps them."""
    if config.get("api_base") and base_of(url) == base_of(config["api_base"]):
        return
    if not base_of(url).endswith((".twimg.com", "//twimg.com")) or not url.startswith("https://"):
        raise Failed(Reason.OTHER, "the file is said to be at an address that is not X's")
