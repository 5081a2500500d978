"""Instagram: private messages, and the comments and mentions below posts."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import structs

from filo.channels.contract import (
    Appointment,
    Call,
    Capabilities,
    Card,
    Carousel,
    Choice,
    Config,
    DeliveryClass,
    Envelope,
    Fact,
    Failed,
    Fed,
    Handle,
    Hop,
    Later,
    Media,
    Moderation,
    Payment,
    Profile,
    Reason,
    Receipt,
    Reply,
    Request,
    RichCard,
    Setting,
    Shipment,
    Speech,
    Spoken,
    State,
    Text,
)
from filo.connectors._meta import graph, history, life, public, send, talk, wire
from filo.connectors._meta.calling import Called, Place, facts_of
from filo.connectors._meta.errors import raise_for_graph
from filo.connectors._meta.tickets import ticket
from filo.connectors.instagram import comments

MIB = 1024 * 1024
INSTAGRAM = "https://graph.instagram.com"
YES_NO = ("no", "yes")
PROFILE = "name,username,profile_pic"
UNKNOWN = "1970-01-01T00:00:00+00:00"
YOUNG = timedelta(days=1)
NEEDED = ("messages", "comments")
FIELDS = (
    *NEEDED,
    "messaging_postbacks",
    "messaging_seen",
    "message_reactions",
    "message_edit",
    "messaging_referral",
    "live_comments",
)
# By the login of Facebook the Page is subscribed, which knows no comments: those, and mentions, are
# chosen in the app itself.
PAGE_NEEDED = ("messages",)
PAGE_FIELDS = (
    *PAGE_NEEDED,
    "messaging_postbacks",
    "messaging_seen",
    "message_reactions",
    "message_edits",
    "messaging_referrals",
    "messaging_handovers",
    "standby",
)
# A boarding pass goes in words with its file or picture: in a card here it would be cut.
PARTS: frozenset[type] = frozenset(
    {Text, Media, Choice, RichCard, Carousel, Shipment, Appointment, Payment}
)

CARD = Card(
    kind="instagram",
    name="Instagram",
    settings=(
        Setting("account_id", "Instagram account ID", help="Begins with 17841."),
        Setting("login", "Login", default="instagram", choices=("instagram", "facebook")),
        Setting("page_id", "Page ID", required=False, help="Only for the login by Facebook."),
        Setting(
            "user_id",
            "Second ID",
            required=False,
            help="The login by Instagram knows the account by two numbers.",
        ),
        Setting("app_id", "App ID", required=False, help="Tells our own words from other apps'."),
        Setting("access_token", "Access token", secret=True, help="Of the account or its Page."),
        Setting(
            "app_secret",
            "App secret",
            secret=True,
            help="By Instagram login: the Instagram app secret, which is another one.",
        ),
        Setting("verify_token", "Verify token", secret=True, made=True),
        Setting("token_ends", "Token ends", required=False, help="Filo renews it before."),
        Setting(
            "human_agent",
            "Human Agent feature",
            required=False,
            default="no",
            help="Yes once Meta has granted it: people may then answer for seven days.",
            choices=YES_NO,
        ),
        Setting("api_base", "API address", required=False, help="Only for a sandbox or a test."),
    ),
    can=Capabilities(
        text=1000,
        unit="bytes",
        parts=PARTS,
        bare=frozenset({"*/*"}),
        question=640,
        options=13,
        label=20,
        media={
            "image/png": 8 * MIB,
            "image/jpeg": 8 * MIB,
            "image/gif": 8 * MIB,
            "audio/*": 25 * MIB,
            "video/*": 25 * MIB,
            "application/pdf": 25 * MIB,
        },
        cards=10,
        links=True,
        window=send.WINDOW,
        reports=frozenset({State.SENT, State.READ}),
        privately=timedelta(days=7),
        moderation=frozenset({Moderation.HIDE, Moderation.UNHIDE, Moderation.DELETE}),
        typing=True,
        reading=True,
    ),
    delivery=DeliveryClass.FIRE,
    family="messaging",
    address="account_id",
    signed_by="app_secret",
    color="#b5265f",
)


IN_PUBLIC = structs.replace(
    CARD.can, text=2200, unit="characters", parts=frozenset({Text}), media={}
)


class Instagram(Called):
    card = CARD

    def adapt(self, config: Config) -> Card:
        card = send.with_people(CARD, config)
        can = structs.replace(card.can, in_public=IN_PUBLIC, taken_up=send.once(card.can))
        return structs.replace(card, can=can)

    def parse(self, request: Request) -> Sequence[Fact]:
        return facts_of(request, _read, account="account_id", also=("user_id", "page_id"))

    def say(self, to: Handle, part: Spoken, config: Config, envelope: Envelope) -> Speech:
        if envelope.public:
            call = _comment(public.words(part), config, envelope)
            stands = yield from _standing(call, config, envelope)
            if stands:
                return stands
        else:
            call = yield from _message(to, part, config, envelope)
        space = f"instagram:{config['account_id']}" if envelope.privately else ""
        return graph.receipt((yield call), attempt=envelope.attempt, space=space)

    def nod(
        self, to: Handle, message: str, config: Config, *, typing: bool
    ) -> Generator[Call, Reply, None]:
        for action in ("mark_seen", "typing_on") if typing else ("mark_seen",):
            body = {"recipient": {"id": to.value}, "sender_action": action}
            path = f"{sender(config)}/messages"
            raise_for_graph((yield _call(config, path, json=body, repeatable=True)))

    def introduce(self, who: Handle, config: Config) -> Generator[Call, Reply, Profile]:
        return (yield from life.introduce(who, config, PROFILE, host=_host(config)))

    def check(self, config: Config, *, hook: str) -> Generator[Call, Reply, tuple[Hop, ...]]:
        fields = "id,name" if by_facebook(config) else "id,user_id,username,name"
        more = {"me": fields, "host": _host(config)}
        needed = PAGE_NEEDED if by_facebook(config) else NEEDED
        return (yield from life.check(config, sender(config), needed, **more))

    def feed(self, config: Config, cursor: str, *, at: datetime) -> Generator[Call, Reply, Fed]:
        """Private words alone: comments have no list by time."""
        own = tuple(config.get(name, "") for name in ("account_id", "user_id", "page_id"))
        asked = history.feed(
            config, cursor, sender(config), "instagram", at=at, also=own, host=_host(config)
        )
        return (yield from asked)

    def register(self, config: Config, *, hook: str) -> Generator[Call, Reply, dict[str, str]]:
        fields = PAGE_FIELDS if by_facebook(config) else FIELDS
        return (yield from life.register(config, sender(config), fields, host=_host(config)))

    def due(self, config: Config) -> datetime | None:
        """By Instagram login a token lives sixty days; one of unknown age is renewed at once."""
        if by_facebook(config):
            return None
        try:
            return datetime.fromisoformat(config.get("token_ends") or UNKNOWN)
        except ValueError:
            return datetime.fromisoformat(UNKNOWN)

    def renew(self, config: Config, *, at: datetime) -> Generator[Call, Reply, dict[str, str]]:
        call = _call(config, "refresh_access_token", method="GET")
        where = f"{call.url}?grant_type=ig_refresh_token&access_token={{token}}"
        keys = {"token": config["access_token"]}
        reply = yield structs.replace(call, url=where, keys=keys)
        try:
            raise_for_graph(reply)
        except Failed as refused:
            yield from graph.ask(config, "me", kind=graph.Account, host=INSTAGRAM)
            # It holds, so it is not yet a day old: Meta exchanges no sooner.
            raise Later(YOUNG, refused.detail) from refused
        fresh = graph.read(reply, _Fresh)
        if not fresh.access_token:
            raise Failed(Reason.OTHER, "the answer holds no token")
        ends = at + timedelta(seconds=fresh.expires_in)
        return {"access_token": fresh.access_token, "token_ends": ends.isoformat()}

    def moderate(
        self, action: Moderation, message: str, config: Config
    ) -> Generator[Call, Reply, None]:
        if action is Moderation.DELETE:
            call = _call(config, message, method="DELETE")
        elif action in {Moderation.HIDE, Moderation.UNHIDE}:
            hide = "true" if action is Moderation.HIDE else "false"
            call = _call(config, message, form={"hide": hide}, repeatable=True)
        else:
            raise Failed(Reason.REFUSED, "a comment on Instagram cannot be liked by an app")
        raise_for_graph((yield call), alone=True)


connector = Instagram()


def sender(config: Config) -> str:
    """In whose name messages leave: by the login of Facebook that is the Page."""
    return config["page_id"] if by_facebook(config) else config["account_id"]


def by_facebook(config: Config) -> bool:
    return config.get("login") == "facebook" and bool(config.get("page_id"))


class _Fresh(msgspec.Struct):
    access_token: str = ""
    expires_in: int = 0


def _host(config: Config) -> str:
    return graph.GRAPH if by_facebook(config) else INSTAGRAM


def _call(config: Config, path: str, **fields: Any) -> Call:
    return graph.call(config, path, host=_host(config), **fields)


def _message(
    to: Handle, part: Spoken, config: Config, envelope: Envelope
) -> Generator[Call, Reply, Call]:
    part, attachment = public.single(part), ""
    if isinstance(part, Media) and part.attachment in envelope.files and by_facebook(config):
        attachment = yield from graph.upload(
            config,
            f"{sender(config)}/message_attachments",
            part,
            envelope,
            kind=send.kind_of(part),
            platform="instagram",
        )
    if isinstance(part, Shipment | Appointment | Payment):
        message = ticket(part, envelope.language)
    else:
        message = send.plain(part, attachment=attachment)
    body = send.body(to, message, envelope, config)
    return _call(config, f"{sender(config)}/messages", json=body)


def _comment(text: str, config: Config, envelope: Envelope) -> Call:
    """Below a comment, below our post, or where somebody mentioned us."""
    if envelope.answers.startswith(f"{comments.MENTION}:"):
        _, media, *comment = envelope.answers.split(":")
        about = {"media_id": media} | ({"comment_id": comment[0]} if comment else {})
        return _call(config, f"{config['account_id']}/mentions", form={**about, "message": text})
    if envelope.answers:
        return _call(config, f"{envelope.answers}/replies", form={"message": text})
    return _call(config, f"{envelope.post}/comments", form={"message": text})


def _standing(
    call: Call, config: Config, envelope: Envelope
) -> Generator[Call, Reply, Receipt | None]:
    """Below a mention nothing can be looked up: there the words are not ours to read."""
    if envelope.answers.startswith(f"{comments.MENTION}:"):
        return None
    path = f"{envelope.answers}/replies" if envelope.answers else f"{envelope.post}/comments"
    more = {"fields": "id,text,from", "host": _host(config)}
    return (yield from public.standing(config, path, call, envelope, **more))


def _read(entry: wire.Entry, place: Place) -> Iterator[Fact]:
    space = f"instagram:{place.account}"
    yield from talk.facts(entry, place, space=space, inbox="Instagram")
    yield from comments.facts(entry, place, space=space)
