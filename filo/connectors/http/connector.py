"""Any channel, over signed JSON both ways: what attaches a channel without Python.

The signature is that of Standard Webhooks (https://www.standardwebhooks.com).
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from datetime import datetime, timedelta

import msgspec

from filo.channels.contract import (
    Call,
    Capabilities,
    Card,
    Choice,
    Config,
    Contact,
    DeliveryClass,
    Envelope,
    Fact,
    Failed,
    Handle,
    Html,
    Later,
    Location,
    Media,
    Moderation,
    Native,
    Reason,
    Receipt,
    Reply,
    Request,
    Scope,
    Setting,
    Speech,
    Spoken,
    State,
    Text,
    TooBig,
)
from filo.channels.kit import A_WHILE, check_webhook, raise_for_reply, sign_webhook, webhook_keys
from filo.connectors.http.events import MOST_EVENTS, events, fact, first_sender
from filo.core.text import UNREADABLE

SETTINGS = (
    Setting(
        "secret",
        "Signing secret",
        secret=True,
        made=True,
        help="Both sides sign with it. For a rotation write the new one, a space, the old one.",
    ),
    Setting(
        "deliver_to",
        "Deliver to",
        help="The address that takes our answers. Leave it empty for a channel that only listens.",
        required=False,
    ),
    Setting(
        "class",
        "Repeats",
        required=False,
        default="K",
        choices=("K", "L", "F"),
        help="K: the receiver drops repeats by webhook-id. L: it can be asked. F: neither.",
    ),
    Setting(
        "space", "Identity space", required=False, help="Empty: a space of this channel alone."
    ),
    Setting("public", "Public", required=False, default="false", choices=("false", "true")),
    Setting("window", "Window in seconds", required=False, help="Empty: answers are always taken."),
    Setting(
        "privately",
        "Seconds for a private answer to public words",
        required=False,
        help="Empty: public words are not taken up in private.",
    ),
)

CARD = Card(
    kind="http",
    name="HTTP",
    settings=SETTINGS,
    can=Capabilities(
        text=65_536,
        parts=frozenset({Text, Media, Choice, Location, Contact, Native}),
        caption=65_536,
        options=100,
        label=200,
        hint=1_000,
        media={"*/*": 1 << 40},  # we send an address, never the bytes
        reports=frozenset(State),
        moderation=frozenset(Moderation),
    ),
    delivery=DeliveryClass.KEYED,
    thanks=b'{"accepted":0}',
    thanks_type="application/json",
    body_limit=3 * 1024 * 1024,
    family="messaging",
    color="#3b5bdb",
)


class Http:
    card = CARD

    def adapt(self, config: Config) -> Card:
        can = msgspec.structs.replace(
            CARD.can,
            window=_seconds(config.get("window", "")),
            public=config.get("public") == "true",
            privately=_seconds(config.get("privately", "")),
        )
        return msgspec.structs.replace(CARD, can=can, delivery=_delivery(config))

    def unseal(self, request: Request, config: Config) -> Request:
        check_webhook(
            headers=request.headers,
            body=request.body,
            secret=config.get("secret", ""),
            at=request.at,
        )
        if len(events(request.body)) > MOST_EVENTS:
            raise TooBig(f"more than {MOST_EVENTS} events in one call")
        return request

    def parse(self, request: Request) -> Sequence[Fact]:
        return [fact(raw, request) for raw in events(request.body)]

    def thank(self, request: Request) -> bytes:
        return b'{"accepted":%d}' % len(events(request.body))

    def lane(self, request: Request) -> str:
        return first_sender(request.body)

    def say(self, to: Handle, part: Spoken, config: Config, envelope: Envelope) -> Speech:
        assert not isinstance(part, Html), "the card offers no HTML"
        reply = yield _delivery_call(to, part, config, envelope)
        if reply.status == 410:
            raise Failed(Reason.REFUSED, "the receiver is gone", scope=Scope.CHANNEL)
        raise_for_reply(reply, delivery=_delivery(config))
        return Receipt(_their_id(reply) or envelope.ref)

    def look_up(
        self, ref: str, config: Config, *, at: datetime
    ) -> Generator[Call, Reply, Receipt | None]:
        where = config["deliver_to"]
        headers = sign_webhook(id=ref, at=at, body=b"", secret=config.get("secret", ""))
        url = f"{where}{'&' if '?' in where else '?'}ref={ref}"
        reply = yield Call(url=url, method="GET", headers=headers, repeatable=True)
        if reply.status == 404:
            return None
        if not 200 <= reply.status < 300:
            raise Later(A_WHILE, f"HTTP {reply.status} when asked for {ref}")
        return Receipt(_their_id(reply) or ref)

    def moderate(
        self, action: Moderation, message: str, config: Config
    ) -> Generator[Call, Reply, None]:
        deed = {"moderate": action.value, "message": message}
        url, headers = _where(config), _bearer(config)
        reply = yield Call(url=url, json=deed, headers=headers, repeatable=True)
        raise_for_reply(reply, delivery=DeliveryClass.KEYED)


connector = Http()


class _To(msgspec.Struct):
    id: str


class _Delivery(msgspec.Struct, omit_defaults=True):
    id: str
    to: _To
    part: Spoken
    answers: str = ""
    public: bool = False
    post: str = ""
    privately: str = ""


class _Taken(msgspec.Struct):
    id: str = ""


def _where(config: Config) -> str:
    if not config.get("deliver_to"):
        raise Failed(Reason.REFUSED, "this channel has no address to deliver to")
    if not webhook_keys(config.get("secret", "")):
        raise Failed(Reason.REFUSED, "this channel has no secret", scope=Scope.CHANNEL)
    return config["deliver_to"]


def _bearer(config: Config) -> dict[str, str]:
    """Deeds that may be done twice bear the secret itself: a signature needs a moment."""
    return {"authorization": f"Bearer {config['secret'].split()[0]}"}


def _delivery_call(to: Handle, part: Spoken, config: Config, envelope: Envelope) -> Call:
    url = _where(config)
    body = msgspec.json.encode(
        _Delivery(
            envelope.ref,
            _To(to.value),
            part,
            envelope.answers,
            envelope.public,
            envelope.post,
            envelope.privately,
        )
    )
    signed = sign_webhook(
        id=envelope.ref, at=envelope.at, body=body, secret=config.get("secret", "")
    )
    return Call(
        url=url,
        body=body,
        headers={"content-type": "application/json", **signed},
    )


def _seconds(given: str) -> timedelta | None:
    return timedelta(seconds=int(given)) if given.isdigit() and int(given) else None


def _delivery(config: Config) -> DeliveryClass:
    given = config.get("class", "")
    return DeliveryClass(given) if given in set(DeliveryClass) else DeliveryClass.KEYED


def _their_id(reply: Reply) -> str:
    try:
        return msgspec.json.decode(reply.body, type=_Taken).id
    except UNREADABLE:
        return ""
