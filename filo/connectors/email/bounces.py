"""Delivery reports: RFC 3464, what Gmail and Exchange send instead, complaints, receipts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from email.message import Message
from email.parser import HeaderParser

from filo.channels.contract import Fact, Handle, OptedOut, Reason, Reported, State, Unknown
from filo.connectors.email.body import BROKEN, content
from filo.connectors.email.head import Head, normal_address, people_in

OUR_ID = re.compile(rb"<(filo\.[^<>\s]{1,200}@[^<>\s]{1,200})>", re.IGNORECASE)
FINAL_RECIPIENT = re.compile(rb"^final-recipient:[^;\r\n]*;[ \t]*([^\r\n]+)", re.I | re.M)
HEAD_LIMIT = 512 * 1024
STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
FROM_DAEMON = re.compile(r"mailer-daemon|postmaster|microsoftexchange", re.IGNORECASE)
NOT_DELIVERED = re.compile(
    r"undeliver|delivery (?:status|failure|has failed)|failure notice|returned mail|non recapitat|"
    r"mancat[ao] (?:consegna|recapito)|unzustellbar",
    re.IGNORECASE,
)


def facts(mail: Message, head: Head, raw: bytes, *, at: datetime, id_: str, to: str) -> list[Fact]:
    """What a mail server tells us about our own mail; nothing when this is no report."""
    kind = _report_type(head)
    if kind == "feedback-report":
        return _complaint(mail, at=at, id_=id_, to=to)
    if kind not in {"delivery-status", "disposition-notification"} and not _looks_bounced(head):
        return []
    ours = _our_message(mail, head, raw)
    if kind == "disposition-notification":
        return (
            [Reported(ours, State.READ, at, to=to)] if ours else [Unknown("read receipt", id_, to)]
        )
    told = list(_told(mail, head, raw))
    if not ours:
        return [Unknown("a bounce of a mail that is not ours", id_, to)] if told else []
    return [_fact(ours, each, at=at, id_=id_, to=to) for each in told]


def recipient(head: Head, raw: bytes) -> str:
    """Whom a report is about, by one cheap look."""
    if not (_report_type(head) or _looks_bounced(head)):
        return ""
    found = FINAL_RECIPIENT.search(raw[:HEAD_LIMIT])
    named = found[1].decode("latin-1") if found else head.raw("x-failed-recipients")
    return next((person.address for person in people_in(named)), "")


def _report_type(head: Head) -> str:
    written = head.raw("content-type").lower()
    found = re.search(r"report-type\s*=\s*\"?([a-z-]+)", written)
    return found[1] if found and "multipart/report" in written else ""


def _looks_bounced(head: Head) -> bool:
    robot = FROM_DAEMON.search(head.raw("from")) or head.raw("return-path").strip() == "<>"
    failed = head.all("x-failed-recipients") or NOT_DELIVERED.search(head.text("subject"))
    return bool(robot and failed)


class _Told:
    def __init__(self, recipient: str, action: str, status: str, detail: str) -> None:
        self.recipient = recipient
        self.action = action
        self.status = status
        self.detail = detail


def _told(mail: Message, head: Head, raw: bytes) -> Iterator[_Told]:
    blocks = [block for block in _status_blocks(mail) if block.all("final-recipient")]
    for block in blocks:
        yield _Told(
            recipient=normal_address(block.raw("final-recipient").rpartition(";")[2]),
            action=block.raw("action").split(" ")[0].lower().strip() or "failed",
            status=block.raw("status"),
            detail=block.text("diagnostic-code"),
        )
    if blocks:
        return
    # Gmail may leave the status part empty and name the person in the head only.
    found = STATUS.search(raw[:100_000].decode("latin-1"))
    people = people_in(head.raw("x-failed-recipients"))
    for address in [person.address for person in people] or [""]:
        yield _Told(address, "failed", found[0] if found else "5.0.0", head.text("subject"))


def _status_blocks(mail: Message) -> Iterator[Head]:
    for part in mail.walk():
        if part.get_content_type() not in {
            "message/delivery-status",
            "message/global-delivery-status",
        }:
            continue
        payload = part.get_payload()
        if isinstance(payload, list):
            yield from (Head(block) for block in payload[:200] if isinstance(block, Message))


def _fact(ours: str, told: _Told, *, at: datetime, id_: str, to: str) -> Fact:
    if told.action in {"delayed", "relayed", "expanded"}:
        return Unknown(f"delivery {told.action}: {told.detail}"[:300], id_, to)
    delivered = told.action == "delivered"
    return Reported(
        message=ours,
        state=State.DELIVERED if delivered else State.FAILED,
        at=at,
        reason=None if delivered else reason_of(told.status or told.detail),
        detail=" ".join(f"{told.status} {told.detail}".split())[:300],
        to=to,
        recipient=told.recipient,
    )


def reason_of(status: str) -> Reason:
    """RFC 3463: subject 1 and 2 are addresses and mailboxes, 4 the road, 7 policy."""
    found = STATUS.search(status)
    if not found:
        return Reason.OTHER
    return {
        "1": Reason.UNREACHABLE,
        "2": Reason.UNREACHABLE,
        "4": Reason.UNREACHABLE,
        "7": Reason.REFUSED,
    }.get(found[2], Reason.OTHER)


def _our_message(mail: Message, head: Head, raw: bytes) -> str:
    for returned in _returned_heads(mail):
        if returned.ids("message-id"):
            return returned.ids("message-id")[0]
    named = OUR_ID.search(raw)
    if named:
        return Head(HeaderParser().parsestr(f"Message-ID: <{named[1].decode()}>\n")).ids(
            "message-id"
        )[0]
    return next(iter([*head.ids("in-reply-to"), *head.ids("references")[-1:]]), "")


def _returned_heads(mail: Message) -> Iterator[Head]:
    for part in mail.walk():
        kind = part.get_content_type()
        payload = part.get_payload()
        inner = payload[0] if isinstance(payload, list) and payload else None
        if kind in {"message/rfc822", "message/global"} and isinstance(inner, Message):
            yield Head(inner)
        if kind in {"text/rfc822-headers", "message/rfc822-headers", "message/global-headers"}:
            yield Head(HeaderParser().parsestr(content(part).decode("latin-1")))
        if kind == "message/disposition-notification" and isinstance(inner, Message):
            original = Head(inner).raw("original-message-id")
            yield Head(HeaderParser().parsestr(f"Message-ID: {original}\n"))


def _complaint(mail: Message, *, at: datetime, id_: str, to: str) -> list[Fact]:
    try:
        written = b"\n".join(content(p) for p in mail.walk() if "feedback" in p.get_content_type())
    except BROKEN:
        written = b""
    found = re.search(rb"original-rcpt-to:[ \t]*([^\r\n]+)", written, re.IGNORECASE)
    people = people_in(found[1].decode("latin-1")) if found else []
    if not people:
        return [Unknown("a complaint that names nobody", id_, to)]
    by = Handle("email", people[0].address)
    return [OptedOut(id_, by, at, purpose="complaint", to=to)]
