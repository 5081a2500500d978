"""Our answer as a mail: threading, reply address, text and HTML, quote, files."""

from __future__ import annotations

import hashlib
import html as markup
from collections.abc import Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime

from filo.channels.contract import (
    Bundle,
    Config,
    Contact,
    Envelope,
    Handle,
    Html,
    Location,
    Media,
    Native,
    Part,
    Spoken,
    Text,
    files_of,
)
from filo.channels.kit import in_words as words_of
from filo.channels.kit import plain
from filo.connectors.email import exchange
from filo.connectors.email.drawing import drawn
from filo.connectors.email.reading import loop_mark

NEAREST = 20  # with the root, all that a mail program needs to draw the thread
WROTE = {
    "it": "Il tuo messaggio:",
    "en": "You wrote:",
    "de": "Sie schrieben:",
    "fr": "Vous avez écrit :",
    "es": "Usted escribió:",
}


class _Policy(EmailPolicy):
    """Python folds a long Message-ID into encoded words, which breaks every thread (bpo-39771)."""

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() in {"message-id", "in-reply-to", "references"}:
            folded = "\r\n ".join(value.split())
            return f"{name}: {folded}\r\n".encode("ascii", "replace")
        return super().fold_binary(name, value)


POLICY = _Policy(linesep=SMTP.linesep, max_line_length=78, utf8=False)


def message_id(ref: str, address: str) -> str:
    """Always the same for one delivery, so that what came of it can be found again."""
    mark = hashlib.sha256(f"{ref}/{address}".encode()).hexdigest()[:10]
    return f"filo.{_one_word(ref)}.{mark}@{address.rpartition('@')[2].lower() or 'filo.invalid'}"


def mail(to: Handle, spoken: Spoken, config: Config, envelope: Envelope) -> EmailMessage:
    parts = spoken.parts if isinstance(spoken, Bundle) else (spoken,)
    address = config.get("address", "")
    message = EmailMessage(policy=POLICY)
    _address(message, to, address, envelope)
    _place_in_thread(message, address, envelope)
    if envelope.automatic:
        _mark_automatic(message, address)
    _body(message, parts, envelope)
    for part in parts:
        for file in files_of(part):
            _attach(message, file, envelope)
    return message


def _mark_automatic(message: EmailMessage, address: str) -> None:
    """RFC 3834: so that no machine answers, and that we know it when it comes round."""
    message["Auto-Submitted"] = "auto-replied" if message["In-Reply-To"] else "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["Precedence"] = "auto_reply"
    message["X-Loop"] = loop_mark(address)


def _address(message: EmailMessage, to: Handle, address: str, envelope: Envelope) -> None:
    message["From"] = _written(envelope.author, address)
    message["To"] = _written(to.name, to.value)
    if envelope.token:
        local, _, domain = address.rpartition("@")
        message["Reply-To"] = f"{local}+{_one_word(envelope.token)}@{domain}"
    bare = exchange.bare_subject(_one_line(envelope.subject))
    known = envelope.answers or envelope.references
    message["Subject"] = f"Re: {bare}".strip() if known else (bare or _first_words(envelope))
    message["Date"] = format_datetime(envelope.at)


def _place_in_thread(message: EmailMessage, address: str, envelope: Envelope) -> None:
    message["Message-ID"] = f"<{message_id(envelope.ref, address)}>"
    chain = [_one_word(id_) for id_ in envelope.references if id_]
    answers = _one_word(envelope.answers) or (chain[-1] if chain else "")
    if answers:
        chain = [id_ for id_ in chain if id_ != answers] + [answers]
        message["In-Reply-To"] = f"<{answers}>"
        kept = chain if len(chain) <= NEAREST else [chain[0], *chain[-NEAREST:]]
        message["References"] = " ".join(f"<{id_}>" for id_ in kept)


def _body(message: EmailMessage, parts: Sequence[Part], envelope: Envelope) -> None:
    tongue = envelope.language
    said = "\n\n".join(filter(None, (in_words(part, tongue) for part in parts)))
    rich = "\n".join(filter(None, (_in_html(part, tongue) for part in parts)))
    wrote = WROTE.get(envelope.language[:2].lower(), WROTE["en"])
    if envelope.quote:
        quoted = "\n".join(f"> {line}" for line in envelope.quote.split("\n"))
        said = f"{said}\n\n{wrote}\n{quoted}"
        rich += (
            f'\n<div class="filo-quote"><p>{wrote}</p>'
            f'<blockquote type="cite">{_paragraphs(envelope.quote)}</blockquote></div>'
        )
    message.set_content(said + "\n", cte=_transfer(said))
    html = f"<!doctype html>\n<html><body>\n{rich}\n</body></html>\n"
    message.add_alternative(html, subtype="html", cte=_transfer(html))


def _transfer(text: str) -> str | None:
    # Not every server takes eight bits.
    return None if text.isascii() else "quoted-printable"


def _attach(message: EmailMessage, media: Media, envelope: Envelope) -> None:
    blob = envelope.files.get(media.attachment)
    if blob is None:
        return  # a file that is not ours to send travels as a link, in the words
    kind, _, subtype = (blob.mime or media.mime).partition("/")
    name = _one_line(media.name or blob.name) or "attachment"
    if kind in {"message", "multipart"}:
        # These may not be base64 (RFC 2046, section 5.2.1), and a file stays as it is.
        kind, subtype = "application", "octet-stream"
    message.add_attachment(blob.body, maintype=kind, subtype=subtype, filename=name)


def in_words(part: Part, language: str = "") -> str:
    """A part as plain text, for the text form of the mail."""
    match part:
        case Text(text=text, marked=True):
            return plain(text)
        case Text(text=text) | Html(text=text) | Native(text=text):
            return text
        case Media(caption=caption, url=url, attachment=attachment):
            return caption if attachment else f"{caption}\n{url}".strip()
        case Location(name=name, address=address, latitude=lat, longitude=lon):
            return "\n".join(
                filter(None, [name, address, f"https://www.openstreetmap.org/#map=17/{lat}/{lon}"])
            )
        case Contact(name, phones, emails):
            return "\n".join([name, *phones, *emails])
        case _:
            return words_of(part, language)


def _in_html(part: Part, language: str) -> str:
    if isinstance(part, Html) and part.html:
        return part.html
    return drawn(part, language) or _paragraphs(in_words(part, language))


def _paragraphs(text: str) -> str:
    blocks = [markup.escape(block).replace("\n", "<br>\n") for block in text.split("\n\n")]
    return "\n".join(f"<p>{block}</p>" for block in blocks if block.strip())


def _written(name: str, address: str) -> Address | str:
    local, _, domain = _one_word(address).rpartition("@")
    try:
        return Address(_one_line(name)[:120], local, domain)
    except (ValueError, IndexError):
        return _one_word(address)


def _first_words(envelope: Envelope) -> str:
    return _one_line(envelope.quote)[:60] or "…"


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:500]


def _one_word(text: str) -> str:
    return "".join(c for c in text if c.isprintable() and not c.isspace() and c not in "<>")
