"""A Facebook Page in public: posts, comments, mentions and recommendations."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec import structs

from filo.channels.contract import (
    Call,
    Capabilities,
    Card,
    Config,
    DeliveryClass,
    Envelope,
    Fact,
    Failed,
    Fed,
    Handle,
    Hop,
    Media,
    Moderation,
    Profile,
    Reason,
    Reply,
    Request,
    Setting,
    Speech,
    Spoken,
    Text,
)
from filo.connectors._meta import graph, life, public, send, wire
from filo.connectors._meta.calling import Called, Place, facts_of
from filo.connectors._meta.errors import error_of, raise_for_graph
from filo.connectors.facebook_page import feed, history

MIB = 1024 * 1024
FIELDS = ("feed", "mention", "ratings")

CARD = Card(
    kind="facebook_page",
    name="Facebook Page",
    settings=(
        Setting("page_id", "Page ID", help="In the Page's About > Page transparency."),
        Setting("access_token", "Access token", secret=True, help="Of the Page, long-lived."),
        Setting("app_secret", "App secret", secret=True, help="In the app's Settings > Basic."),
        Setting("verify_token", "Verify token", secret=True, made=True),
        Setting("api_base", "API address", required=False, help="Only for a sandbox or a test."),
    ),
    can=Capabilities(
        text=8000,
        parts=frozenset({Text, Media}),
        caption=8000,
        media={"image/*": 4 * MIB},
        public=True,
        privately=timedelta(days=7),
        moderation=frozenset(Moderation),
    ),
    delivery=DeliveryClass.FIRE,
    family="messaging",
    address="page_id",
    signed_by="app_secret",
    calls="page",
    color="#2456a8",
)


# In private it is a message of the inbox, with the inbox's limits.
TAKEN_UP = send.once(
    structs.replace(CARD.can, text=2000, media={"*/*": 25 * MIB}, bare=frozenset({"*/*"}))
)


class FacebookPage(Called):
    card = CARD

    def adapt(self, config: Config) -> Card:
        return structs.replace(CARD, can=structs.replace(CARD.can, taken_up=TAKEN_UP))

    def parse(self, request: Request) -> Sequence[Fact]:
        return facts_of(request, _read, account="page_id")

    def say(self, to: Handle, part: Spoken, config: Config, envelope: Envelope) -> Speech:
        if not envelope.privately:
            root, call = yield from _in_public(part, config, envelope)
            stands = yield from public.standing(config, f"{root}/comments", call, envelope)
            return stands or graph.receipt((yield call), attempt=envelope.attempt)
        call = yield from _in_private(to, part, config, envelope)
        inbox = f"page:{config['page_id']}"  # who that is in private, their answer tells
        return graph.receipt((yield call), attempt=envelope.attempt, space=inbox)

    def introduce(self, who: Handle, config: Config) -> Generator[Call, Reply, Profile]:
        """Of somebody whom the webhook did not name, their words may tell; else nobody does."""
        if not who.space.endswith(feed.UNNAMED):
            return (yield from life.introduce(who, config, "name,profile_pic"))
        call = graph.call(config, who.value, method="GET", query={"fields": "from"})
        reply = yield call
        if error_of(reply) is not None:
            return Profile()
        author = graph.read(reply, _Written).sender
        return Profile(name=author.name if author else "")

    def check(self, config: Config, *, hook: str) -> Generator[Call, Reply, tuple[Hop, ...]]:
        return (yield from life.check(config, config["page_id"], FIELDS))

    def feed(self, config: Config, cursor: str, *, at: datetime) -> Generator[Call, Reply, Fed]:
        return (yield from history.feed(config, cursor, at=at))

    def register(self, config: Config, *, hook: str) -> Generator[Call, Reply, dict[str, str]]:
        return (yield from life.register(config, config["page_id"], FIELDS))

    def moderate(
        self, action: Moderation, message: str, config: Config
    ) -> Generator[Call, Reply, None]:
        match action:
            case Moderation.HIDE | Moderation.UNHIDE:
                hidden = "true" if action is Moderation.HIDE else "false"
                call = graph.call(config, message, form={"is_hidden": hidden}, repeatable=True)
            case Moderation.LIKE:
                call = graph.call(config, f"{message}/likes", form={}, repeatable=True)
            case Moderation.UNLIKE:
                call = graph.call(config, f"{message}/likes", method="DELETE")
            case Moderation.DELETE:
                call = graph.call(config, message, method="DELETE")
        raise_for_graph((yield call), alone=True)


connector = FacebookPage()


class _Written(msgspec.Struct):
    sender: wire.Person | None = msgspec.field(name="from", default=None)


class _Above(msgspec.Struct):
    id: wire.Id = ""
    parent: wire.Person | None = None


def _in_private(
    to: Handle, part: Spoken, config: Config, envelope: Envelope
) -> Generator[Call, Reply, Call]:
    """Once for each comment or post, by the Page's inbox: the person's answer arrives there."""
    part, page, attachment = public.single(part), config["page_id"], ""
    if isinstance(part, Media) and part.attachment in envelope.files:
        kind = send.kind_of(part)
        path = f"{page}/message_attachments"
        attachment = yield from graph.upload(config, path, part, envelope, kind=kind)
    # The inbox echoes it: with our reference that is no word of somebody else's.
    message = {**send.plain(part, attachment=attachment), "metadata": envelope.ref}
    return graph.call(config, f"{page}/messages", json=send.body(to, message, envelope, config))


def _in_public(
    part: Spoken, config: Config, envelope: Envelope
) -> Generator[Call, Reply, tuple[str, Call]]:
    """Below the first comment of its branch: a deeper one would mix up who talks to whom."""
    if not envelope.answers and not envelope.post:
        raise Failed(Reason.OTHER, "nobody said below what: name the post or the comment")
    root = envelope.post
    if envelope.answers:
        asked = graph.ask(config, envelope.answers, kind=_Above, query={"fields": "parent{id}"})
        above = (yield from asked).parent
        root = str(above.id) if above and above.id else envelope.answers
    said = yield from _comment(part, config, envelope)
    return root, graph.call(config, f"{root}/comments", form=said)


def _comment(
    part: Spoken, config: Config, envelope: Envelope
) -> Generator[Call, Reply, dict[str, str]]:
    if not isinstance(part, Media):
        return {"message": public.words(part)}
    said = {"message": part.caption} if part.caption else {}
    if part.attachment in envelope.files:
        return {**said, "attachment_id": (yield from _photo(part, config, envelope))}
    return {**said, "attachment_url": part.url}


def _photo(part: Media, config: Config, envelope: Envelope) -> Generator[Call, Reply, str]:
    """Our picture, handed over unpublished: the comment shows it."""
    blob = envelope.files[part.attachment]
    file = (part.name or blob.name or "file", blob.body, part.mime or blob.mime)
    reply = yield graph.call(
        config,
        f"{config['page_id']}/photos",
        form={"published": "false"},
        files={"source": file},
        repeatable=True,
    )
    raise_for_graph(reply, attempt=envelope.attempt, delivery=DeliveryClass.KEYED)
    stored = graph.read(reply, graph.Taken)
    if not stored.id:
        raise Failed(Reason.OTHER, "the picture was answered without an id")
    return str(stored.id)


def _read(entry: wire.Entry, place: Place) -> Iterator[Fact]:
    yield from feed.facts(entry, place)
