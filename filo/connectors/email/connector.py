"""E-mail over any provider's IMAP and SMTP: facts from raw mails, answers as mails."""

from __future__ import annotations

import importlib
from collections.abc import Generator, Sequence
from typing import Any

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
    Handle,
    Hop,
    Html,
    Media,
    Payment,
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
from filo.channels.kit import CANONICAL, check_signature
from filo.connectors.email import body, bounces, checking, dkim, reading, writing
from filo.connectors.email.head import Head
from filo.connectors.email.verdicts import raise_for_reply

MEGABYTE = 1024 * 1024
# What `drawing` shows in HTML, besides words and files.
_DRAWN: frozenset[type] = frozenset({Choice, RichCard, Carousel, Bill, BoardingPass, Shipment})
SHOWN = _DRAWN | {Text, Html, Media, Appointment, Payment}


class Email:
    card = Card(
        kind="email",
        name="E-mail",
        settings=(
            Setting("address", "Address", help="The mailbox your customers write to."),
            Setting("imap_host", "IMAP server", help="For example imap.example.com."),
            Setting("imap_port", "IMAP port", default="993", required=False),
            Setting(
                "imap_tls",
                "IMAP security",
                default="tls",
                required=False,
                help="tls, starttls or none.",
            ),
            Setting("smtp_host", "SMTP server", help="For example smtp.example.com."),
            Setting("smtp_port", "SMTP port", default="587", required=False),
            Setting(
                "smtp_tls",
                "SMTP security",
                default="starttls",
                required=False,
                help="starttls, tls or none.",
            ),
            Setting("username", "User name", required=False, help="Often the address itself."),
            Setting("password", "Password", secret=True, required=False),
            Setting(
                "since",
                "Take over mail since",
                required=False,
                help="A date like 2026-11-01. Empty: only what comes from now on.",
            ),
            Setting(
                "trusted_results",
                "Who checks your mail",
                required=False,
                help="The name before the first ; of Authentication-Results in a mail you received:"
                " only that server is believed about senders.",
            ),
            Setting(
                "dkim_selector",
                "DKIM selector",
                required=False,
                help="Only where your mail server does not sign what it sends.",
            ),
            Setting(
                "dkim_key",
                "DKIM private key",
                secret=True,
                required=False,
                help="RSA or Ed25519, in PEM form. Its public half stands in your DNS.",
            ),
        ),
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
        body_limit=reading.LARGEST,
        key_scope="kind",
        family="mail",
        address="address",
        color="#7a5c00",
    )

    def unseal(self, request: Request, config: Config) -> Request:
        """We fetch mail ourselves; who brings one instead (a mail server's pipe) signs it."""
        check_signature(
            given=request.headers.get("x-filo-signature", ""),
            key=config.get("password", ""),
            body=request.body,
        )
        return request

    def parse(self, request: Request) -> Sequence[Fact]:
        return reading.facts(request)

    def say(self, to: Handle, part: Spoken, config: Config, envelope: Envelope) -> Speech:
        message = writing.mail(to, part, config, envelope)
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

    def lane(self, request: Request) -> str:
        head = Head(reading.opened_head(request.body))
        reported = bounces.recipient(head, request.body)
        sender = reading.sender_of(head, reading.our_address(request))
        return reported or (sender.address if sender else "")

    def extract(self, raw: bytes, ref: str) -> Blob:
        if ref == "raw":
            return Blob("message/rfc822", raw, "mail.eml")
        return body.cut_out(reading.opened(raw)[0], ref)

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


def _road() -> Any:
    """The part that speaks IMAP and SMTP, imported by the processes that use it alone."""
    return importlib.import_module("filo.connectors.email.road")
