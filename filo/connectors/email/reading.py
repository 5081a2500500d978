"""A raw mail as facts. Whatever it is, it never raises."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from email.message import Message

from filo.channels.contract import Fact, Handle, Native, Part, Request, Said, Text, Unknown
from filo.connectors.email import automatic, body, bounces, exchange, trust
from filo.connectors.email.head import Head, Person, normal_address
from filo.connectors.email.opening import opened

UNPROVED = "email:unproved"
OLDEST = datetime(1990, 1, 1, tzinfo=UTC)


def facts(request: Request) -> list[Fact]:
    raw = request.body
    mail, whole = opened(raw)
    head = Head(mail)
    own, address = exchange.own_id(head, raw), our_address(request)
    if automatic.is_own(head, address=address, loop=loop_mark(address)):
        return [Unknown("our own mail came round", own, address)]
    reports = _guarded_reports(mail, head, request, own, address)
    if reports:
        return reports
    sender = sender_of(head, address)
    if sender is None:
        return [Unknown("a mail without a sender", own, address)]
    if sender.address == address:
        return [Unknown("a mail from ourselves", own, address)]
    return [
        _said(mail, head, request, sender, own)
        if whole
        else _said(None, head, request, sender, own)
    ]


def our_address(request: Request) -> str:
    return (
        normal_address(request.settings.get("address", ""))
        if request.settings.get("address")
        else ""
    )


def loop_mark(address: str) -> str:
    """What our automatic mails carry, so that they are known when they come round."""
    return f"filo-{hashlib.sha256(address.encode()).hexdigest()[:16]}" if address else ""


def sender_of(head: Head, address: str) -> Person | None:
    """Who speaks: a form or a group that writes in our name tells it beside From."""
    first = next(iter(head.people("from", "sender", "return-path", "reply-to")), None)
    if first is None:
        return None
    beside = head.people("x-original-sender", "reply-to")
    stands_for = first.address == address or automatic.ROBOTS.search(first.address)
    other = next((p for p in beside if p.address not in {address, first.address}), None)
    if stands_for and other and _plus_free(other.address) != address:
        return Person(other.address, other.name or first.name, other.written)
    return first


def _plus_free(address: str) -> str:
    local, _, domain = address.partition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _guarded_reports(
    mail: Message, head: Head, request: Request, own: str, address: str
) -> list[Fact]:
    try:
        return bounces.facts(mail, head, request.body, at=request.at, id_=own, to=address)
    except body.BROKEN:
        return []


def _said(mail: Message | None, head: Head, request: Request, sender: Person, own: str) -> Said:
    address = our_address(request)
    older = exchange.older_ids(head)
    machine = automatic.why(head, sender=sender.address, address=address)
    unproved = trust.is_unproved(head, request, sender.address)
    return Said(
        id=own,
        at=_when(head, request),
        # Who only claims to be somebody is somebody else: no history, no case of theirs.
        by=Handle(UNPROVED if unproved else "email", sender.address, sender.name),
        parts=_parts(mail, request),
        to=exchange.reached(head, address),
        answers=next(iter(older), ""),
        references=older,
        matter=exchange.root(head, own),
        token=exchange.token(head),
        subject=exchange.subject(head),
        context=_context(head, machine, sender) | ({"sender": "unproved"} if unproved else {}),
        automatic=bool(machine),
    )


def _parts(mail: Message | None, request: Request) -> tuple[Part, ...]:
    size = request.headers.get("x-filo-size", "")
    if size:
        return (Native("mail.too_large", f"A mail of {size} bytes: only its head was taken."),)
    if mail is None:
        return (Text(""), body.whole_mail())
    try:
        return body.parts_of(mail)
    except body.BROKEN:
        return (Text(""), body.whole_mail())


def _when(head: Head, request: Request) -> datetime:
    written = head.date()
    # A wrong clock may not put a mail into the future, where it would stand last for ever.
    if written and OLDEST < written < request.at + timedelta(minutes=1):
        return written
    return _arrived(request) or request.at


def _arrived(request: Request) -> datetime | None:
    """When the mailbox took it, which may be days before we fetched it."""
    try:
        return datetime.fromisoformat(request.headers.get("x-filo-arrived", ""))
    except ValueError:
        return None


def _context(head: Head, machine: str, sender: Person) -> dict[str, str]:
    people = {person.address: None for person in head.people("to", "cc")[:40]}
    others = ", ".join(address for address in people if address != sender.address)
    return {
        name: text for name, text in {"automatic": machine, "recipients": others}.items() if text
    }
