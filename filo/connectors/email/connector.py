"""E-mail over IMAP and SMTP, or by a mail provider's webhooks and API: facts from raw mails."""

from __future__ import annotations

import importlib
from collections.abc import Generator, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import msgspec

from filo.channels.contract import (
    Appointment,
    Bill,
    Blob,
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
    Failed,
    Handle,
    Hop,
    Html,
    Later,
    Media,
    Payment,
    Reason,
    Receipt,
    Reply,
    Request,
    RichCard,
    Shipment,
    Speech,
    Spoken,
    State,
    Text,
)
from filo.channels.kit import A_WHILE, CANONICAL, check_signature
from filo.connectors.email import (
    body,
    bounces,
    checking,
    dkim,
    opening,
    providers,
    reading,
    writing,
)
from filo.connectors.email.head import Head
from filo.connectors.email.providers import carried
from filo.connectors.email.providers.wire import Asked, Keeps, mark_of
from filo.connectors.email.settings import SETTINGS
from filo.connectors.email.verdicts import raise_for_reply

MEGABYTE = 1024 * 1024
# What `drawing` shows in HTML, besides words and files.
_DRAWN: frozenset[type] = frozenset({Choice, RichCard, Carousel, Bill, BoardingPass, Shipment})
SHOWN = _DRAWN | {Text, Html, Media, Appointment, Payment}


class Email:
    card = Card(
        kind="email",
        name="E-mail",
        settings=SETTINGS,
        can=Capabilities(
            text=200_000,
            parts=SHOWN,
            caption=10_000,
            options=50,
            label=200,
            media={"*/*": 20 * MEGABYTE},
            reports=frozenset({State.FAILED}),
            bundles=True,
            cards=20,
            card_title=1000,
            card_text=10_000,
            card_options=50,
            carousel_text=10_000,
            links=True,
            hint=1000,
            marks=CANONICAL,
        ),
        delivery=DeliveryClass.FIRE,
        body_limit=opening.LARGEST,
        key_scope="kind",
        family="mail",
        address="address",
        color="#7a5c00",
        chooses="provider",
    )

    def adapt(self, config: Config) -> Card:
        """With a provider: who reports tells what became of a mail, and there is no mailbox."""
        carrier = providers.of(config)
        return _carried() if carrier else self.card

    def unseal(self, request: Request, config: Config) -> Request:
        """We fetch mail ourselves; who brings one instead (a mail server's pipe) signs it."""
        if carrier := providers.of(config):
            carrier.prove(request, config)
            return request
        check_signature(
            given=request.headers.get("x-filo-signature", ""),
            key=config.get("password", ""),
            body=request.body,
        )
        return request

    def parse(self, request: Request) -> Sequence[Fact]:
        carrier = providers.of(request.settings)
        return carried.facts(carrier, request) if carrier else reading.facts(request)

    def say(self, to: Handle, part: Spoken, config: Config, envelope: Envelope) -> Speech:
        message = writing.mail(to, part, config, envelope)
        if carrier := providers.of(config):
            receipt = yield from carrier.hand_over(message, to, config, envelope)
            return receipt
        reply = yield Call(
            url=f"smtp://{config.get('smtp_host', '')}:{config.get('smtp_port') or '587'}",
            method="SMTP",
            body=dkim.signed(message.as_bytes(), config, at=envelope.at),
            # A bounce of an automatic mail would come back to be answered: it has no sender.
            headers={
                "mail-from": "" if envelope.automatic else config.get("address", ""),
                "rcpt-to": to.value,
            },
        )
        raise_for_reply(reply)
        return Receipt(writing.message_id(envelope.ref, config.get("address", "")))

    def check(self, config: Config, *, hook: str) -> Generator[Call, Reply, tuple[Hop, ...]]:
        return checking.check(config)

    def look_up(
        self, ref: str, config: Config, *, at: datetime
    ) -> Generator[Call, Reply, Receipt | None]:
        """Of the providers, those that can be asked; a missing answer proves nothing."""
        carrier: object = providers.of(config)
        if not isinstance(carrier, Asked):
            raise Later(A_WHILE, "nobody can be asked: a report tells")
        receipt = yield from carrier.look_up(mark_of(ref, config.get("address", "")), config)
        return receipt

    def lane(self, request: Request) -> str:
        carrier = providers.of(request.settings)
        if carrier is None:
            return _whose(request)
        letters = carried.mails(carrier, request)
        return _whose(letters[0]) if letters else carried.reported(request)

    def extract(self, raw: bytes, ref: str) -> Blob:
        mail = carried.mail_in(raw) or raw
        if ref == "raw":
            return Blob("message/rfc822", mail, "mail.eml")
        return body.cut_out(opening.opened(mail)[0], ref)

    def fetch(self, media: Media, config: Config) -> Generator[Call, Reply, Blob]:
        """Files that did not travel in the call that brought their mail."""
        carrier: object = providers.of(config)
        if not isinstance(carrier, Keeps):
            raise Failed(Reason.OTHER, "the file was in the mail, and is there no more")
        blob = yield from carrier.fetch(media, config)
        return blob

    def poll(self, config: Config, cursor: str) -> tuple[Sequence[Request], str]:
        new: tuple[Sequence[Request], str] = _road().poll(config, cursor)
        return new

    def wait(self, config: Config, cursor: str, seconds: float) -> bool:
        return bool(_road().wait(config, cursor, seconds))

    def hang_up(self, thread: int) -> None:
        _road().hang_up(thread)

    async def carry(self, call: Call, config: Config) -> Reply:
        reply: Reply = await _road().carry(call, config)
        return reply


connector = Email()


@cache
def _carried() -> Card:
    """The card of a mailbox, as a provider makes it."""
    card = Email.card
    told = frozenset({State.DELIVERED, State.READ, State.FAILED})
    return msgspec.structs.replace(
        card,
        can=msgspec.structs.replace(card.can, reports=told),
        delivery=DeliveryClass.LOOKED_UP,
        body_limit=carried.LARGEST,
        signs=False,  # their mails come behind a password, or a signature over a time alone
        polls=False,
    )


def _whose(request: Request) -> str:
    head = Head(opening.opened_head(request.body))
    reported = bounces.recipient(head, request.body)
    sender = reading.sender_of(head, reading.our_address(request))
    return reported or (sender.address if sender else "")


def _road() -> Any:
    """The part that speaks IMAP and SMTP, imported by the processes that use it alone."""
    return importlib.import_module("filo.connectors.email.road")
