"""Which exchange a mail belongs to: ids, signed tokens in reply addresses, subjects."""

from __future__ import annotations

import hashlib
import re

from filo.connectors.email.head import Head

MOST_REFERENCES = 2_000
KEPT_REFERENCES = 100  # nearest first, and the root; more would only weigh
RECIPIENTS = (
    "x-original-to",
    "delivered-to",
    "envelope-to",
    "to",
    "cc",
    "resent-to",
    "x-envelope-to",
)
PREFIX = re.compile(
    r"^\s*(?:(?:re|r|aw|antw|sv|vs|odp|ref|res|rv|enc|fwd?|i|tr|wg|doorst)\s*"
    r"(?:\[\d{1,3}\]|\(\d{1,3}\))?\s*[::]\s*)+",
    re.IGNORECASE,
)


def own_id(head: Head, raw: bytes) -> str:
    """The Message-ID; a mail without one is called by its content.

    What the road adds (Received, Delivered-To) is left out: two of our mailboxes get one id.
    """
    given = head.ids("message-id")
    return given[0] if given else f"{_digest(head, raw)}@no-id.filo"


def _digest(head: Head, raw: bytes) -> str:
    content = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[2]
    told = "\n".join(head.raw(name) for name in ("from", "date", "subject", "to"))
    return hashlib.sha256(told.encode("utf-8", "replace") + b"\n\n" + content).hexdigest()


def older_ids(head: Head) -> tuple[str, ...]:
    """Ids of the same exchange, nearest first; of an endless chain the nearest and the root."""
    chain = head.ids("references")
    near = [*head.ids("in-reply-to")[:20], *reversed(chain[-MOST_REFERENCES:]), *chain[:1]]
    unique = list(dict.fromkeys(near))
    return tuple(
        unique if len(unique) <= KEPT_REFERENCES else [*unique[:KEPT_REFERENCES], unique[-1]]
    )


def root(head: Head, own: str) -> str:
    """The id with which the exchange began."""
    return next(iter([*head.ids("references")[:1], *head.ids("in-reply-to")[:1]]), own)


def token(head: Head) -> str:
    """What stands after the plus of a recipient: the longest, for ours are signed.

    Whose address it is does not matter: one mail must say the same in two of our mailboxes,
    and who knows the key finds out whether we wrote it.
    """
    given = [person.written.rpartition("@")[0] for person in head.people(*RECIPIENTS)]
    marks = (local.rpartition("+")[2] for local in given if "+" in local)
    return max(marks, key=len, default="")


def reached(head: Head, address: str) -> str:
    """Which of our addresses it was written to; ours by right when we stand in no header."""
    if address:
        return address
    people = head.people(*RECIPIENTS)
    return people[0].address if people else ""


def subject(head: Head) -> str:
    """What the mail is about, without the marks of replies."""
    written = head.text("subject")[:500]
    return bare_subject(written) or written


def bare_subject(written: str) -> str:
    """`Re: R: AW: Ordine` is about `Ordine`."""
    return PREFIX.sub("", written).strip()
