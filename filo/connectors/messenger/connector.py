"""Facebook Messenger: the private inbox of a Facebook Page."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence

from filo.channels.contract import (
    Call,
    Capabilities,
    Card,
    Carousel,
    Choice,
    Config,
    DeliveryClass,
    Envelope,
    Fact,
    Handle,
    Media,
    Reply,
    Request,
    RichCard,
    Setting,
    Speech,
    Spoken,
    State,
    Text,
)
from filo.connectors._meta import graph, send, talk, wire
from filo.connectors._meta.calling import Called, Place, facts_of
from filo.connectors._meta.errors import raise_for_graph

MIB = 1024 * 1024

CARD = Card(
    kind="messenger",
    name="Messenger",
    settings=(
        Setting("page_id", "Page ID", help="In the Page's About > Page transparency."),
        Setting("app_id", "App ID", required=False, help="Tells our own words from other apps'."),
        Setting("access_token", "Access token", secret=True, help="Of the Page, long-lived."),
        Setting("app_secret", "App secret", secret=True, help="In the app's Settings > Basic."),
        Setting("verify_token", "Verify token", secret=True, made=True),
        Setting(
            "human_agent",
            "Human Agent feature",
            required=False,
            default="no",
            help="Yes once Meta has granted it: people may then answer for seven days.",
            choices=("no", "yes"),
        ),
        Setting("api_base", "API address", required=False, help="Only for a sandbox or a test."),
    ),
    can=Capabilities(
        text=2000,
        parts=frozenset({Text, Media, Choice, RichCard, Carousel}),
        bare=frozenset({"*/*"}),
        question=2000,
        options=13,
        label=20,
        media={"*/*": 25 * MIB},
        cards=10,
        links=True,
        window=send.WINDOW,
        reports=frozenset({State.SENT, State.DELIVERED, State.READ}),
        typing=True,
        reading=True,
    ),
    delivery=DeliveryClass.LOOKED_UP,
    family="messaging",
    address="page_id",
    signed_by="app_secret",
    calls="page",
    color="#0a64d8",
)


class Messenger(Called):
    card = CARD

    def adapt(self, config: Config) -> Card:
        return send.with_people(CARD, config)

    def parse(self, request: Request) -> Sequence[Fact]:
        return facts_of(request, _read, account="page_id")

    def say(self, to: Handle, part: Spoken, config: Config, envelope: Envelope) -> Speech:
        page = config["page_id"]
        attachment = ""
        if isinstance(part, Media) and part.attachment in envelope.files:
            kind = send.kind_of(part)
            attachment = yield from graph.upload(
                config, f"{page}/message_attachments", part, envelope, kind=kind
            )
        # Echoes carry `metadata` back to us: with it a lost answer is found again.
        message = {**send.plain(part, attachment=attachment), "metadata": envelope.ref}
        body = send.body(to, message, envelope, config)
        reply = yield graph.call(config, f"{page}/messages", json=body)
        return graph.receipt(reply, attempt=envelope.attempt)

    def nod(
        self, to: Handle, message: str, config: Config, *, typing: bool
    ) -> Generator[Call, Reply, None]:
        for action in ("mark_seen", "typing_on") if typing else ("mark_seen",):
            body = {"recipient": {"id": to.value}, "sender_action": action}
            path = f"{config['page_id']}/messages"
            raise_for_graph((yield graph.call(config, path, json=body, repeatable=True)))


connector = Messenger()


def _read(entry: wire.Entry, place: Place) -> Iterator[Fact]:
    yield from talk.facts(entry, place, space=f"page:{place.account}")
