"""Brevo (Sendinblue): webhooks behind a password, mails taken apart, JSON out."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from datetime import datetime
from email.message import EmailMessage
from urllib.parse import quote

import msgspec

from filo.channels.contract import (
    Blob,
    Call,
    Config,
    Doubtful,
    Envelope,
    Fact,
    Failed,
    Handle,
    Media,
    Reason,
    Receipt,
    Reply,
    Request,
    Scope,
    Speech,
    Unknown,
)
from filo.channels.kit import base_of
from filo.connectors.email.providers import news, rebuilt
from filo.connectors.email.providers.replies import check, opened
from filo.connectors.email.providers.wire import (
    REF,
    Letter,
    Mark,
    Pieces,
    check_password,
    pieces,
)
from filo.core.text import UNREADABLE

API = "https://api.brevo.com"
FILE = "brevo:"  # how the ref of a file begins that must be asked for
CHANNEL_WIDE = {
    "unauthorized",
    "not_enough_credits",
    "permission_denied",
    "account_under_validation",
}
HARD = {"hard_bounce": "hard", "soft_bounce": "soft", "blocked": "on Brevo's suppression list"}
SEEN_BY_MACHINES = {"unique_proxy_open", "proxy_open"}


class _File(msgspec.Struct):
    name: str = msgspec.field(name="Name", default="")
    mime: str = msgspec.field(name="ContentType", default="")
    size: int = msgspec.field(name="ContentLength", default=0)
    token: str = msgspec.field(name="DownloadToken", default="")


class _Mail(msgspec.Struct):
    headers: dict[str, str | list[str]] = msgspec.field(name="Headers", default_factory=dict)
    text: str | None = msgspec.field(name="RawTextBody", default="")
    html: str | None = msgspec.field(name="RawHtmlBody", default="")
    files: list[_File] = msgspec.field(name="Attachments", default_factory=list)


class _Inbound(msgspec.Struct):
    items: list[msgspec.Raw] = []


class Brevo:
    name = "brevo"

    def prove(self, request: Request, config: Config) -> None:
        check_password(request, config)

    def brought(self, request: Request) -> Sequence[Letter]:
        try:
            items = msgspec.json.decode(request.body, type=_Inbound).items
        except UNREADABLE:
            return ()
        return [letter for item in items for letter in _letter(item)]

    def told(self, request: Request) -> Sequence[Fact]:
        event = opened(request.body)
        name = str(event.get("event"))
        if name in SEEN_BY_MACHINES | {"list_addition"}:
            return []
        told = news.read(self.name, event)
        if told is None:
            return [Unknown("an event of Brevo that cannot be read")]
        custom = opened(str(event.get("X-Mailin-custom") or "").encode("utf-8", "replace"))
        ref = str(custom.get(REF) or "")
        mark = Mark(told.message.strip("<>"), ref) if ref and told.message else Mark()
        word = HARD.get(name, "")
        return list(news.facts(told, mark, request, word=word))

    def knock(self, config: Config, at: datetime) -> Call:
        return Call(
            url=f"{base_of(config.get('api_base') or API)}/v3/account",
            method="GET",
            headers={"api-key": config.get("api_key", "")},
        )

    def hand_over(
        self, message: EmailMessage, to: Handle, config: Config, envelope: Envelope
    ) -> Speech:
        reply = yield Call(
            url=f"{base_of(config.get('api_base') or API)}/v3/smtp/email",
            json=payload(pieces(message), envelope.ref),
            headers={"api-key": config.get("api_key", "")},
        )
        _check(reply)
        id_ = str(opened(reply.body).get("messageId") or "").strip("<>")
        if not id_:
            raise Doubtful("a 201 of Brevo without an id")
        return Receipt(id_)

    def fetch(self, media: Media, config: Config) -> Generator[Call, Reply, Blob]:
        """A file of a mail that came: Brevo keeps it for us."""
        token = quote(media.ref.removeprefix(FILE), safe="")
        reply = yield Call(
            url=f"{base_of(config.get('api_base') or API)}/v3/inbound/attachments/{token}",
            method="GET",
            headers={"api-key": config.get("api_key", "")},
        )
        _check(reply)
        mime = reply.headers.get("content-type", "") or media.mime
        return Blob(mime.partition(";")[0].strip(), reply.body, media.name)


def _letter(item: msgspec.Raw) -> Iterator[Letter]:
    try:
        mail = msgspec.json.decode(item, type=_Mail)
    except UNREADABLE:
        return
    pairs = [
        (name, value)
        for name, values in mail.headers.items()
        for value in ([values] if isinstance(values, str) else values)
    ]
    files = tuple(
        Media(one.mime or "application/octet-stream", name=one.name, ref=FILE + one.token)
        for one in mail.files
        if one.token
    )
    yield Letter(rebuilt.mail(pairs, text=mail.text or "", html=mail.html or ""), files=files)


def payload(mail: Pieces, ref: str) -> dict[str, object]:
    # Brevo breaks headers that are not ASCII (django-anymail, Nov 2026): none of ours is.
    headers = {n: text for n, text in mail.headers.items() if n.lower() != "message-id"}
    custom = msgspec.json.encode({REF: ref}).decode()
    whole: dict[str, object] = {
        "sender": _person(mail.author),
        "to": [_person(mail.to)],
        "subject": mail.subject,
        "textContent": mail.text,
        "htmlContent": mail.html,
        "headers": {**headers, "X-Mailin-custom": custom},
    }
    if mail.reply_to:
        whole["replyTo"] = {"email": mail.reply_to}
    if mail.files:
        whole["attachment"] = [{"name": name, "content": body} for name, _, body in mail.files]
    return whole


def _person(person: tuple[str, str]) -> dict[str, str]:
    name, address = person
    return {"email": address} | ({"name": name} if name else {})


def _check(reply: Reply) -> None:
    code, words = str(opened(reply.body).get("code") or ""), opened(reply.body).get("message")
    if reply.status >= 400 and code in CHANNEL_WIDE:
        raise Failed(Reason.REFUSED, f"{code}: {words}"[:300], scope=Scope.CHANNEL)
    check(reply, suppressed=("blacklisted", "blocklisted", "unsubscribed"))
