"""From a call of Twilio to facts: a message, or what became of one of ours."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime

from filo.channels.contract import (
    Announced,
    Fact,
    Handle,
    Location,
    Media,
    OptedOut,
    Part,
    Reported,
    Request,
    Said,
    State,
    Text,
    Unknown,
)
from filo.channels.kit import e164, tapback
from filo.connectors.sms import words
from filo.connectors.sms.errors import STOPPED, SUSPENDED, reason_for
from filo.connectors.sms.wire import Form, forms

PHONE = "phone"
REF = "m"  # our delivery, in the query of the callback's address
MOST_MEDIA = 10
KEPT = "twilio:"  # before an address that our key opens: it must not be asked as an open one
ALERT = "Twilio has suspended the account."
STATES = {
    "sent": State.SENT,
    "delivered": State.DELIVERED,
    "partially_delivered": State.SENT,
    "read": State.READ,
    "undelivered": State.FAILED,
    "failed": State.FAILED,
    "canceled": State.FAILED,
}
ON_ITS_WAY = {"accepted", "scheduled", "queued", "sending", "receiving", "received"}
ROADS = ("rcs:", "sms:")  # other roads to the same telephone
CONTEXT = {
    "ListId": "choice",
    "ButtonPayload": "choice",
    "ReferralSourceId": "referral",
    "ReferralHeadline": "referral_title",
}


def facts(request: Request) -> Sequence[Fact]:
    found = [fact for form in forms(request) for fact in _of_form(form, request)]
    return found or _silent(request)


def first_person(request: Request) -> str:
    """Whose turn it is: who wrote, else whom a report is about."""
    form = next(forms(request), {})
    return bare(form.get("To" if "MessageStatus" in form else "From", ""))


def bare(address: str) -> str:
    """A telephone in one spelling, whichever road it was reached by; a short code as it is."""
    for road in ROADS:
        address = address.removeprefix(road)
    return e164(address, mobile=True) or address


def handle(address: str, *, account: str, name: str = "") -> Handle | None:
    """Who that is; None where the address belongs to another kind of channel."""
    value = bare(address)
    if not value or ":" in value:
        return None
    return Handle(PHONE if value.startswith("+") else f"sms:{account}", value, name)


def _silent(request: Request) -> Sequence[Fact]:
    """A call that tells nothing: fine when it says that ours is on its way, else unknown."""
    states = {form.get("MessageStatus", "") for form in forms(request)}
    if states and states <= ON_ITS_WAY:
        return []
    key = hashlib.sha256(request.body).hexdigest()[:32]
    return [Unknown("a call of Twilio that cannot be read", key)]


def _of_form(form: Form, request: Request) -> Iterator[Fact]:
    if "MessageStatus" in form:
        yield from _report(form, request)
    elif form.get("MessageSid") or form.get("SmsSid"):
        yield from _message(form, request)


# --- messages -------------------------------------------------------------


def _message(form: Form, request: Request) -> Iterator[Fact]:
    id_, at = form.get("MessageSid") or form.get("SmsSid", ""), _moment(form, request)
    by = handle(
        form.get("From", ""), account=form.get("AccountSid", ""), name=form.get("ProfileName", "")
    )
    to = our_number(form, request)
    if by is None:
        yield Unknown(f"a message from {form.get('From') or 'nobody'}", id_, to)
        return
    parts = tuple(_parts(form))
    if parts:
        yield Said(
            id=id_,
            at=at,
            by=by,
            parts=parts,
            to=to,
            answers=form.get("OriginalRepliedMessageSid", ""),
            context=_context(form),
            automatic=bool(tapback(form.get("Body", ""))),
        )
    else:
        yield Unknown("a message without content", id_, to)
    told = form.get("OptOutType", "")
    wish = words.wish(form.get("Body", ""), told=told, phone=by.value)
    if wish:
        yield OptedOut(id_, by, at, back=wish == "start", to=to)


def _context(form: Form) -> dict[str, str]:
    told = {word: form[name] for name, word in CONTEXT.items() if form.get(name)}
    return told | tapback(form.get("Body", ""))  # an iPhone reacts in words


def our_number(form: Form, request: Request) -> str:
    """Which of our numbers it is about, when it is not the one that this channel was made for."""
    service = request.settings.get("messaging_service", "")
    if service and form.get("MessagingServiceSid") == service:
        return ""
    if form.get("To", "").startswith("rcs:"):
        return ""  # the brand, which has no number
    to = bare(form.get("To", ""))
    return "" if to == bare(request.settings.get("number", "")) else to


def _parts(form: Form) -> Iterator[Part]:
    # PostgreSQL keeps no NUL, and some phones send one for each letter they cannot write.
    text = form.get("Body", "").replace("\x00", "") or form.get("ButtonText", "")
    if text:
        yield Text(text)
    yield from _media(form)
    place = _place(form)
    if place:
        yield place


def _media(form: Form) -> Iterator[Media]:
    for n in range(MOST_MEDIA):
        address = form.get(f"MediaUrl{n}", "")
        if address:
            mime = form.get(f"MediaContentType{n}") or "application/octet-stream"
            yield Media(mime, ref=KEPT + address)


def _place(form: Form) -> Location | None:
    try:
        latitude, longitude = float(form["Latitude"]), float(form["Longitude"])
    except (KeyError, ValueError):
        return None
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        return None
    return Location(latitude, longitude, form.get("Label", ""), form.get("Address", ""))


def _moment(form: Form, request: Request) -> datetime:
    """A webhook has no time of its own, an event has."""
    try:
        at = datetime.fromisoformat(form.get("Timestamp", ""))
    except ValueError:
        return request.at
    return at if at.tzinfo else request.at


# --- reports --------------------------------------------------------------


def _report(form: Form, request: Request) -> Iterator[Fact]:
    status = form["MessageStatus"].lower()
    if form.get("EventType", "").upper() == "READ":
        status = "read"
    state = STATES.get(status)
    if status in ON_ITS_WAY:
        return
    id_ = form.get("MessageSid") or form.get("SmsSid", "")
    ref = request.query.get(REF, "")
    if state is None or not (id_ or ref):
        yield Unknown(f"status {status or '?'}", f"{id_}:{status}")
        return
    given = form.get("ErrorCode", "")[:9]
    code = int(given) if given.isascii() and given.isdecimal() else 0
    yield Reported(
        message=id_,
        state=state,
        at=_moment(form, request),
        reason=reason_for(code) if state is State.FAILED else None,
        detail=f"{code or ''} {form.get('ErrorMessage', '')}".strip(),
        recipient=bare(form.get("To", "")),
        ref=ref,
    )
    if code == SUSPENDED:
        yield Announced(f"{SUSPENDED}:{id_}", "restricted", request.at, detail=ALERT)
    about = handle(form.get("To", ""), account=form.get("AccountSid", ""))
    if code == STOPPED and about:
        yield OptedOut(f"{STOPPED}:{id_}", about, request.at)
