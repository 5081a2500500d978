"""Facebook Messenger: the private inbox of a Facebook Page."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from datetime import datetime

from msgspec import structs

from filo.channels.contract import (
    Appointment,
    Approved,
    Bill,
    BoardingPass,
    Call,
    Capabilities,
    Card,
    Carousel,
    Choice,
    Config,
    DeliveryClass,
    Envelope,
    Fact,
    Fed,
    Handle,
    Hop,
    Media,
    Payment,
    Profile,
    Reply,
    Request,
    RichCard,
    Setting,
    Shipment,
    Speech,
    Spoken,
    State,
    Template,
    Text,
)
from filo.connectors._meta import graph, history, life, send, talk, templates, wire
from filo.connectors._meta.calling import Called, Place, facts_of
from filo.connectors._meta.errors import error_of, raise_for_graph
from filo.connectors._meta.tickets import ticket
from filo.connectors.messenger import business, news

MIB = 1024 * 1024
INVALID = 100  # Meta's code for a parameter it does not know
PROFILE = "first_name,last_name,name,profile_pic,locale,timezone"
NEEDED = ("messages", "messaging_postbacks", "message_echoes", "message_reads")
FIELDS = (
    *NEEDED,
    "message_deliveries",
    "message_edits",
    "message_reactions",
    "messaging_referrals",
    "messaging_optins",
    "messaging_handovers",
    "standby",
    "messaging_account_linking",
    "messaging_policy_enforcement",
    "messaging_feedback",
    "message_template_status_update",
)
PARTS: frozenset[type] = frozenset(
    {
        Text,
        Media,
        Choice,
        RichCard,
        Carousel,
        Bill,
        BoardingPass,
        Shipment,
        Appointment,
        Payment,
    }
)

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
        Setting(
            "utility",
            "Utility messages",
            required=False,
            default="no",
            help="Yes once Meta lets this Page send approved texts outside the window.",
            choices=("no", "yes"),
        ),
        Setting("api_base", "API address", required=False, help="Only for a sandbox or a test."),
    ),
    can=Capabilities(
        text=2000,
        parts=PARTS,
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
        card = send.with_people(CARD, config)
        if config.get("utility") != "yes":
            return card
        return structs.replace(card, can=structs.replace(card.can, parts=PARTS | {Template}))

    def parse(self, request: Request) -> Sequence[Fact]:
        return facts_of(request, _read, account="page_id")

    def say(self, to: Handle, part: Spoken, config: Config, envelope: Envelope) -> Speech:
        if isinstance(part, Template):
            return (yield from _utility(to, part, config, envelope))
        message = yield from _message(to, part, config, envelope)
        # Echoes carry `metadata` back to us: with it a lost answer is found again.
        body = send.body(to, {**message, "metadata": envelope.ref}, envelope, config)
        reply = yield graph.call(config, _messages(config), json=body)
        return graph.receipt(reply, attempt=envelope.attempt)

    def nod(
        self, to: Handle, message: str, config: Config, *, typing: bool
    ) -> Generator[Call, Reply, None]:
        for action in ("mark_seen", "typing_on") if typing else ("mark_seen",):
            body = {"recipient": {"id": to.value}, "sender_action": action}
            call = graph.call(config, _messages(config), json=body, repeatable=True)
            raise_for_graph((yield call))

    def templates(self, config: Config) -> Generator[Call, Reply, tuple[Approved, ...]]:
        call = graph.call(config, f"{config['page_id']}/message_templates")
        where = call.url.partition("?")[0]
        return (yield from templates.listed(where, call.headers, raise_for_graph))

    def introduce(self, who: Handle, config: Config) -> Generator[Call, Reply, Profile]:
        return (yield from life.introduce(who, config, PROFILE))

    def check(self, config: Config, *, hook: str) -> Generator[Call, Reply, tuple[Hop, ...]]:
        return (yield from life.check(config, config["page_id"], NEEDED))

    def feed(self, config: Config, cursor: str, *, at: datetime) -> Generator[Call, Reply, Fed]:
        return (yield from history.feed(config, cursor, config["page_id"], "messenger", at=at))

    def register(self, config: Config, *, hook: str) -> Generator[Call, Reply, dict[str, str]]:
        return (yield from life.register(config, config["page_id"], FIELDS))


connector = Messenger()


def _messages(config: Config) -> str:
    return f"{config['page_id']}/messages"


def _message(
    to: Handle, part: Spoken, config: Config, envelope: Envelope
) -> Generator[Call, Reply, send.Message]:
    if isinstance(part, BoardingPass | Shipment | Appointment | Payment):
        return ticket(part, envelope.language)
    if isinstance(part, Bill):
        return business.receipt(part, to, envelope)
    attachment = ""
    if isinstance(part, Media) and part.attachment in envelope.files:
        path = f"{config['page_id']}/message_attachments"
        kind = send.kind_of(part)
        attachment = yield from graph.upload(config, path, part, envelope, kind=kind)
    return send.plain(part, attachment=attachment)


def _utility(to: Handle, part: Template, config: Config, envelope: Envelope) -> Speech:
    """Meta's page and those who send them disagree on the form: the second where the first is
    refused as such, so nothing goes twice."""
    body = business.utility(to, part, envelope.ref)
    reply = yield graph.call(config, _messages(config), json=body)
    error = error_of(reply)
    if error and error.pair == (INVALID, 0):
        body = business.utility_as_attachment(to, part, envelope.ref)
        reply = yield graph.call(config, _messages(config), json=body)
    return graph.receipt(reply, attempt=envelope.attempt)


def _read(entry: wire.Entry, place: Place) -> Iterator[Fact]:
    yield from talk.facts(entry, place, space=f"page:{place.account}")
    yield from news.facts(entry, place)
