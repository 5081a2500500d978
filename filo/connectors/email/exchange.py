"""Which exchange a mail belongs to: ids, signed tokens in reply addresses, subjects."""

from __future__ import annotations

import hashlib
import re

from filo.connectors.email.head import Head, normal_address

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
    """The Message-ID; a mail without one is called by its own content."""
    given = head.ids("message-id")
    return given[0] if given else f"{hashlib.sha256(raw).hexdigest()}@no-id.filo"


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


def token(head: Head, address: str) -> str:
    """What stands after the plus of our address, in whichever header of recipients."""
    local, _, domain = address.partition("@")
    for person in head.people(*RECIPIENTS):
        given, _, at = person.written.rpartition("@")
        if normal_address(f"x@{at}") != f"x@{domain}" and domain:
            continue
        before, plus, after = _split(given, local)
        if plus and after and (before == local or not local):
            return after
    return ""


def reached(head: Head, address: str) -> str:
    """Which of our addresses it was written to; ours by right when we stand in no header."""
    if address:
        return address
    people = head.people(*RECIPIENTS)
    return people[0].address if people else ""


def subject(head: Head) -> str:
    return head.text("subject")[:500]


def bare_subject(written: str) -> str:
    """`Re: R: AW: Ordine` is about `Ordine`."""
    return PREFIX.sub("", written).strip()


def _split(given: str, local: str) -> tuple[str, str, str]:
    if local and given.lower().startswith(f"{local}+"):
        return local, "+", given[len(local) + 1 :]
    before, plus, after = given.partition("+")
    return before.lower(), plus, after
