"""Telegram, over the Bot API: people write to a bot, or to a business account it answers for."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from datetime import datetime, timedelta
from urllib.parse import quote

import msgspec

from filo.channels.contract import (
    Blob,
    Call,
    Capabilities,
    Card,
    Choice,
    Config,
    Contact,
    Doubtful,
    Envelope,
    Fact,
    Failed,
    Fed,
    Handle,
    Hop,
    Location,
    Media,
    Native,
    Profile,
    Reason,
    Receipt,
    Reply,
    Request,
    RichCard,
    Setting,
    Slots,
    Speech,
    Spoken,
    State,
    Survey,
    Text,
)
from filo.channels.kit import CANONICAL, base_of
from filo.connectors.telegram import inbound, life, outbound, secret, wire
from filo.connectors.telegram.errors import Answer, answer_of, raise_for_telegram
from filo.connectors.telegram.outbound import API, MIB, Sending, address, method
from filo.connectors.telegram.people import connection_of, message_id, number_of
from filo.core.text import UNREADABLE

MOST_REPAIRS = 3

CARD = Card(
    kind="telegram",
    name="Telegram",
    settings=(
        Setting("token", "Bot token", secret=True, help="BotFather shows it: 123456:AAE…"),
        Setting("username", "Bot user name", required=False, help="Without the @."),
        Setting("secret_token", "Secret token", secret=True, made=True),
        Setting(
            "use",
            "Who answers",
            required=False,
            default="bot",
            choices=("bot", "business"),
            help="business: the bot answers in the chats of a Telegram Business account.",
        ),
        Setting(
            "road",
            "How updates come",
            required=False,
            default="webhook",
            choices=("webhook", "polling"),
            help="polling: Filo asks Telegram, for servers that cannot be called from outside.",
        ),
        Setting("api_base", "API address", required=False, help="Only for a sandbox or a test."),
    ),
    can=Capabilities(
        text=4096,
        unit="utf16",
        parts=frozenset({Text, Media, Choice, RichCard, Slots, Survey, Location, Contact, Native}),
        caption=1024,
        options=100,
        label=64,
        hint=200,
        inline=4,
        links=True,
        media={"*/*": 50 * MIB},
        card_title=200,
        card_text=800,
        card_options=10,
        marks=CANONICAL,
        reports=frozenset({State.SENT}),
        typing=True,
        returns=True,
    ),
    thanks_type="application/json",
    family="messaging",
    color="#1c78a8",
    signs=False,
)
BUSINESS = msgspec.structs.replace(
    CARD,
    can=msgspec.structs.replace(CARD.can, window=timedelta(hours=24), reading=True),
)


class Telegram:
    card = CARD

    def adapt(self, config: Config) -> Card:
        card = BUSINESS if config.get("use") == "business" else CARD
        if config.get("road") != "polling":
            return card
        return msgspec.structs.replace(card, feeds_every=timedelta(seconds=3))

    def unseal(self, request: Request, config: Config) -> Request:
        secret.check(request, config.get("secret_token", ""))
        return request

    def parse(self, request: Request) -> Sequence[Fact]:
        return inbound.facts(request)

    def lane(self, request: Request) -> str:
        return wire.first_person(request.body)

    def thank(self, request: Request) -> bytes:
        """A tap shows a spinner until it is answered; our 200 may carry that one call.

        Its outcome is never told to us, which is why nothing else goes this way.
        """
        tap = wire.tap_of(request.body)
        if not tap:
            return b""
        return msgspec.json.encode({"method": "answerCallbackQuery", "callback_query_id": tap})

    # --- out --------------------------------------------------------------

    def say(self, to: Handle, part: Spoken, config: Config, envelope: Envelope) -> Speech:
        sent = outbound.sending(to, part, envelope)
        reply = yield sent.call(config)
        for _ in range(MOST_REPAIRS):
            repaired = _repaired(sent, answer_of(reply), to, part)
            if repaired is None:
                break
            sent = repaired
            reply = yield sent.call(config)
        raise_for_telegram(reply)
        return Receipt(_taken(reply, to))

    def nod(
        self, to: Handle, message: str, config: Config, *, typing: bool
    ) -> Generator[Call, Reply, None]:
        """Only a business account can be seen to have read; anybody can be seen writing."""
        if connection_of(to) and (number := number_of(message)):
            read = address(to) | {"message_id": number}
            yield method(config, "readBusinessMessage", json=read, repeatable=True)
        if typing:
            doing = address(to) | {"action": "typing"}
            reply = yield method(config, "sendChatAction", json=doing, repeatable=True)
            raise_for_telegram(reply)

    def fetch(self, media: Media, config: Config) -> Generator[Call, Reply, Blob]:
        """Ask where the file is (at most 20 MB), then for the file."""
        reply = yield method(config, "getFile", json={"file_id": media.ref}, repeatable=True)
        raise_for_telegram(reply)
        path = life.read(reply, wire.File).file_path
        if not path:
            raise Failed(Reason.OTHER, "Telegram does not say where the file is")
        base = base_of(config.get("api_base") or API)
        where = f"{base}/file/bot{{token}}/{quote(path)}"
        reply = yield Call(where, method="GET", keys={"token": config["token"]})
        raise_for_telegram(reply)
        return Blob(media.mime, reply.body, media.name)

    # --- the channel's life -----------------------------------------------

    def check(self, config: Config, *, hook: str) -> Generator[Call, Reply, tuple[Hop, ...]]:
        return (yield from life.check(config, hook=hook))

    def register(self, config: Config, *, hook: str) -> Generator[Call, Reply, dict[str, str]]:
        return (yield from life.register(config, hook=hook))

    def feed(self, config: Config, cursor: str, *, at: datetime) -> Generator[Call, Reply, Fed]:
        return (yield from life.feed(config, cursor, at=at))

    def introduce(self, who: Handle, config: Config) -> Generator[Call, Reply, Profile]:
        reply = yield method(config, "getChat", json={"chat_id": who.value}, repeatable=True)
        raise_for_telegram(reply)
        return Profile(name=life.read(reply, wire.Chat).name)


connector = Telegram()


def _repaired(sent: Sending, answer: Answer | None, to: Handle, part: Spoken) -> Sending | None:
    """The same said in a way that Telegram may take, after a no that allows for it."""
    if answer is None or answer.ok:
        return None
    fields = sent.fields
    if (moved := answer.parameters.migrate_to_chat_id) and fields.get("chat_id") != moved:
        return Sending(sent.method, fields | {"chat_id": moved}, sent.files)
    if answer.says("can't parse entities") and fields.keys() & {"entities", "caption_entities"}:
        return _without(sent, "entities", "caption_entities")
    if answer.says("replied not found", "reply message not found") and "reply_parameters" in fields:
        return _without(sent, "reply_parameters")
    if isinstance(part, Media) and part.url and _cannot_carry(answer) and _is_file(sent):
        words = "\n".join(filter(None, [part.caption, part.name, part.url]))
        return outbound.in_words(to, words)
    return None


def _cannot_carry(answer: Answer) -> bool:
    return answer.error_code == 413 or answer.says(
        "file is too big", "failed to get http url content", "wrong file identifier", "wrong type"
    )


def _is_file(sent: Sending) -> bool:
    return sent.method != "sendMessage"


def _without(sent: Sending, *names: str) -> Sending:
    kept = {name: value for name, value in sent.fields.items() if name not in names}
    return Sending(sent.method, kept, sent.files)


def _taken(reply: Reply, to: Handle) -> str:
    try:
        taken = life.read(reply, wire.Message)
    except UNREADABLE:
        taken = wire.Message()
    if not taken.message_id:
        raise Doubtful("taken, but no message number came back")
    connection = connection_of(to)
    return message_id(taken.message_id, chat=taken.chat.id or to.value, connection=connection)
