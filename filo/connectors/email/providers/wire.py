"""What every mail provider is asked, and what they share: proofs, forms, rebuilt mails."""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Generator, Iterator, Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Protocol, runtime_checkable

import msgspec

from filo.channels.contract import (
    Blob,
    Call,
    Config,
    Envelope,
    Fact,
    Forged,
    Handle,
    Media,
    NoProof,
    Reply,
    Request,
    Speech,
)
from filo.connectors.email import writing

REF = "filo_ref"
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)+")


class Letter(msgspec.Struct, frozen=True):
    """A mail that a provider brought: as it was, and what the provider's own server found."""

    raw: bytes
    results: str = ""  # what it found about the sender, as Authentication-Results writes it
    size: str = ""  # when only the head of a larger mail came
    files: tuple[Media, ...] = ()  # what must be asked for


class Provider(Protocol):
    @property
    def name(self) -> str: ...

    def prove(self, request: Request, config: Config) -> None:
        """`Forged` when this call is not theirs."""

    def brought(self, request: Request) -> Sequence[Letter]:
        """The mails in this call; none when it is about something else."""

    def told(self, request: Request) -> Sequence[Fact]:
        """What became of our mails."""

    def knock(self, config: Config, at: datetime) -> Call:
        """A question that only the right key is answered; nobody is written to."""

    def hand_over(
        self, message: EmailMessage, to: Handle, config: Config, envelope: Envelope
    ) -> Speech:
        """Send this mail by the provider's API."""


@runtime_checkable
class Asked(Protocol):
    """Providers that can be asked whether they took a mail."""

    def look_up(self, mark: Mark, config: Config) -> Speech:
        """The receipt; `Later` when they do not know."""


@runtime_checkable
class Keeps(Protocol):
    """Providers that keep the files of a mail until they are asked for."""

    def fetch(self, media: Media, config: Config) -> Generator[Call, Reply, Blob]: ...


class Mark(msgspec.Struct, frozen=True):
    """Which of our mails is meant: by its Message-ID, by our reference, or both."""

    message: str = ""
    ref: str = ""


def mark_of(ref: str, address: str) -> Mark:
    """The mail that went out under this reference of ours."""
    return Mark(writing.message_id(ref, address), ref) if ref else Mark()


def mark_in(message: str) -> Mark:
    """Our reference stands in our Message-IDs; another's Message-ID says nothing."""
    bare = message.strip().strip("<>")
    ours, _, rest = bare.partition(".")
    ref = rest.rpartition("@")[0].rpartition(".")[0]
    return Mark(bare, ref) if ours == "filo" and ref else Mark()


# --- proofs -----------------------------------------------------------------


def check_password(request: Request, config: Config) -> None:
    """The name and password that the administrator put into the address for the provider."""
    key = config.get("hook_password", "")
    if not key:
        raise Forged("no password is set for this channel's webhooks")
    given = request.headers.get("authorization", "")
    if not given:
        # Amazon SNS shows its password only after it was asked for it.
        raise NoProof("no password was shown")
    wanted = "Basic " + base64.b64encode(f"filo:{key}".encode()).decode()
    if not hmac.compare_digest(given.encode(), wanted.encode()):
        raise Forged("the password does not match")


def spf_pass(sender: str) -> str:
    """SPF found this envelope good, as Authentication-Results writes it. Its domain alone: the
    name before that is what its owner likes, `;dmarc=pass` in quotes too."""
    domain = sender.strip("<> ").rpartition("@")[2].lower()
    return f"spf=pass smtp.mailfrom={domain}" if _DOMAIN.fullmatch(domain) else ""


def basic(name: str, password: str) -> dict[str, str]:
    """The header that shows who we are."""
    shown = base64.b64encode(f"{name}:{password}".encode()).decode()
    return {"authorization": f"Basic {shown}"}


# --- our mail, taken apart for APIs that take no MIME ---------------------------


class Pieces(msgspec.Struct, frozen=True):
    text: str
    html: str
    headers: dict[str, str]  # all that the API has no field for
    files: tuple[tuple[str, str, str], ...]  # name, MIME type, base64
    author: tuple[str, str]  # name and address
    to: tuple[str, str]
    reply_to: str
    subject: str


FIELDS = {"from", "to", "subject", "reply-to", "content-type", "mime-version", "date"}


def pieces(message: EmailMessage) -> Pieces:
    plain, rich = message.get_body(("plain",)), message.get_body(("html",))
    return Pieces(
        text=str(plain.get_content()) if plain else "",
        html=str(rich.get_content()) if rich else "",
        headers={
            name: str(value)
            for name, value in message.items()
            if name.lower() not in FIELDS and not name.lower().startswith("content-")
        },
        files=tuple(_files(message)),
        author=_person(message, "From"),
        to=_person(message, "To"),
        reply_to=_person(message, "Reply-To")[1],
        subject=str(message["Subject"] or ""),
    )


def _files(message: EmailMessage) -> Iterator[tuple[str, str, str]]:
    for part in message.iter_attachments():
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            body = base64.b64encode(payload).decode()
            yield part.get_filename() or "attachment", part.get_content_type(), body


def _person(message: EmailMessage, name: str) -> tuple[str, str]:
    header = message[name]
    first = next(iter(getattr(header, "addresses", ())), None)
    if first is None:
        return parseaddr(str(header or ""))
    return first.display_name, first.addr_spec
