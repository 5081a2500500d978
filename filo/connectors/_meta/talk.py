"""What happens in a private thread of Messenger or Instagram: from Meta's events to facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import msgspec
import msgspec.structs

from filo.channels.contract import (
    Announced,
    Edited,
    Fact,
    Handle,
    Moved,
    Native,
    OptedOut,
    Part,
    Reacted,
    Reported,
    Said,
    State,
    Text,
    Unknown,
    Withdrew,
)
from filo.connectors._meta import wire
from filo.connectors._meta.attachments import came_by, told
from filo.connectors._meta.calling import Place, digest, read_raw

OUR_MARK = "dlv_"  # how our references begin: an echo that carries one is our own
INBOX = "Meta Business Suite"
EMOJI = {
    "smile": "😆",
    "angry": "😠",
    "sad": "😢",
    "wow": "😮",
    "love": "❤️",
    "like": "👍",
    "dislike": "👎",
}
_event = msgspec.json.Decoder(wire.Event, strict=False)


@dataclass(slots=True, frozen=True)
class Thread:
    """Whom an event is about, and in which place."""

    place: Place
    space: str
    by: Handle
    at: datetime
    event: wire.Event
    inbox: str = INBOX

    def made_up(self, kind: str) -> str:
        """An id for what Meta gives none: it holds a colon, as no id of Meta's does."""
        told = msgspec.json.encode(self.event)
        return f"{kind}:{digest(told)}"


def facts(entry: wire.Entry, place: Place, *, space: str, inbox: str = INBOX) -> Iterator[Fact]:
    """The events of one entry; `space` is the identity space of this page or account, `inbox`
    the app in which people write for it when no other is named."""
    read = partial(_of_event, place=place, space=space, inbox=inbox)
    for raw in entry.messaging:
        yield from read_raw(raw, _event, read, "an event")
    for raw in entry.standby:
        for fact in read_raw(raw, _event, read, "an event"):
            yield _aside(fact)


def _aside(fact: Fact) -> Fact:
    """Another app answers this thread: we see what is said, and nothing of ours must answer."""
    if not isinstance(fact, Said):
        return fact
    context = fact.context | {"standby": "true"}
    return msgspec.structs.replace(fact, context=context, automatic=True)


def _of_event(event: wire.Event, place: Place, space: str, inbox: str) -> Iterator[Fact]:
    enforcement = event.policy_enforcement or event.policy_enforcement_
    if enforcement:
        yield _enforced(enforcement, event, place)
        return
    by = _person(event, place, space)
    if by is None:
        yield Unknown("an event of nobody", digest(msgspec.json.encode(event)), place.to)
        return
    thread = Thread(place, space, by, place.time(event.timestamp), event, inbox)
    for name, read in READERS.items():
        if getattr(event, name) is not None:
            yield from read(thread)
            return
    what = "app_roles" if event.app_roles is not None else "an event that is new to us"
    yield Unknown(what, thread.made_up("event"), place.to)


def _person(event: wire.Event, place: Place, space: str) -> Handle | None:
    """The side that is not ours. Echoes are told from our side, or (some) from theirs."""
    echo = _is_echo(event, place)
    sides = (event.recipient, event.sender) if echo else (event.sender, event.recipient)
    ours = place.ours | {""}
    person = next((one for one in sides if str(one.id) not in ours), None)
    ref = event.sender.user_ref or (event.optin.user_ref if event.optin else "")
    ref = ref or (event.prior_message.identifier if event.prior_message else "")
    if person is None:
        return Handle(_ref_space(space), ref) if ref else None
    also = ((_ref_space(space), ref),) if ref else ()
    return Handle(space, str(person.id), person.name or person.username, also)


def _is_echo(event: wire.Event, place: Place) -> bool:
    """Ours by its mark; some clients forget it, and then whoever it comes from tells."""
    from_us = str(event.sender.id) in place.ours - {""} and bool(event.recipient.id)
    return bool(
        event.message and (event.message.is_echo or (from_us and not event.message.is_self))
    )


def _ref_space(space: str) -> str:
    return space.replace(":", "_ref:", 1)


# --- words ----------------------------------------------------------------


def _message(thread: Thread) -> Iterator[Fact]:
    message = thread.event.message
    assert message is not None
    if not message.mid:
        yield Unknown("a message without an id", thread.made_up("message"), thread.place.to)
    elif message.is_deleted:
        mid = message.mid
        yield Withdrew(f"{mid}:deleted", mid, thread.at, thread.by, thread.place.to)
    elif message.is_self:
        yield Unknown("a test of the account with itself", message.mid, thread.place.to)
    elif _is_echo(thread.event, thread.place):
        yield _echo(message, thread)
    else:
        yield _said(message, thread)


def _echo(message: wire.Message, thread: Thread) -> Fact:
    """What was written on our side: by us, by another app, or by hand in Meta's own inbox."""
    app, place = str(message.app_id), thread.place
    ref = message.metadata if message.metadata.startswith(OUR_MARK) else ""
    if ref or (app and app == place.our_app):
        person = thread.by.value
        return Reported(message.mid, State.SENT, thread.at, to=place.to, recipient=person, ref=ref)
    fact = _said(message, thread)
    if not isinstance(fact, Said):
        return fact
    return msgspec.structs.replace(fact, ours=True, app=app or thread.inbox)


def _said(message: wire.Message, thread: Thread) -> Fact:
    found = told(message, at=thread.at)
    if found is None:
        return Unknown("a message that says nothing we know", message.mid, thread.place.to)
    return Said(
        id=message.mid,
        at=thread.at,
        by=thread.by,
        parts=found.parts,
        to=thread.place.to,
        answers=message.reply_to.mid if message.reply_to else "",
        context=found.context,
    )


def _edited(thread: Thread) -> Iterator[Fact]:
    edit = thread.event.message_edit
    assert edit is not None
    number = str(edit.num_edit)
    if not edit.mid or not edit.text:
        yield Unknown("an edit of nothing", thread.made_up("edit"), thread.place.to)
        return
    if number == "0":  # Instagram tells some new words as an edit of nothing, now and then alone
        yield _said(wire.Message(mid=edit.mid, text=edit.text), thread)
        return
    parts = (Text(edit.text),)
    key = f"{edit.mid}:{number or digest(edit.text)}"
    yield Edited(key, edit.mid, parts, thread.at, thread.by, thread.place.to)


def _postback(thread: Thread) -> Iterator[Fact]:
    tap = thread.event.postback
    assert tap is not None
    words = tap.title or tap.payload
    if not words:
        yield Unknown("a tap on nothing", thread.made_up("postback"), thread.place.to)
        return
    context = {"choice": tap.payload, "act": "tap"} | (
        came_by(tap.referral) if tap.referral else {}
    )
    yield _noticed(thread, Text(words), "postback", id=tap.mid, context=context)


def _noticed(
    thread: Thread,
    part: Part,
    kind: str,
    *,
    id: str = "",
    context: dict[str, str] | None = None,
    automatic: bool = False,
) -> Said:
    """Something done that the thread shows as said."""
    return Said(
        id=id or thread.made_up(kind),
        at=thread.at,
        by=thread.by,
        parts=(part,),
        to=thread.place.to,
        context={name: value for name, value in (context or {}).items() if value},
        automatic=automatic,
    )


def _arrived(thread: Thread) -> Iterator[Fact]:
    """A link or advertisement was followed into a thread: the window is open, nothing is said."""
    referral = thread.event.referral
    assert referral is not None
    words = f"Came by {referral.source or 'a link'}: {referral.ref or referral.ad_id}".rstrip(": ")
    context = came_by(referral) | {"act": "referral"}
    part = Native("referral", words)
    yield _noticed(thread, part, "referral", context=context, automatic=True)


def _opted(thread: Thread) -> Iterator[Fact]:
    wish = thread.event.optin
    assert wish is not None
    if wish.type == "notification_messages":
        back = "STOP" not in wish.notification_messages_status.upper()
        id_ = thread.made_up("optin")
        purpose, at, to = "marketing", thread.at, thread.place.to
        yield OptedOut(id_, thread.by, at, purpose, back, to)
        return
    part = Native("optin", f"Opted in {wish.ref}".strip())
    context = {"referral": wish.ref, "act": "optin"}
    yield _noticed(thread, part, "optin", context=context, automatic=True)


def _reacted(thread: Thread) -> Iterator[Fact]:
    it = thread.event.reaction
    assert it is not None
    if not it.mid:
        yield Unknown("a reaction to nothing", thread.made_up("reaction"), thread.place.to)
        return
    emoji = it.emoji or EMOJI.get(it.reaction, "👍" if it.reaction else "❤️")
    emoji = "" if it.action == "unreact" else emoji
    stamp = int(thread.at.timestamp() * 1000)
    key = f"{it.mid}:{thread.by.value}:{it.action or 'react'}:{stamp}"
    yield Reacted(key, it.mid, emoji, thread.at, thread.by, thread.place.to)


# --- what became of ours --------------------------------------------------


def _delivered(thread: Thread) -> Iterator[Fact]:
    told_of = thread.event.delivery
    assert told_of is not None
    at = thread.place.time(told_of.watermark or thread.event.timestamp)
    for mid in filter(None, told_of.mids):
        yield _report(thread, mid, State.DELIVERED, at)
    if not any(told_of.mids) and told_of.watermark:
        yield _all_until(thread, State.DELIVERED, at)


def _read_up_to(thread: Thread) -> Iterator[Fact]:
    told_of = thread.event.read
    assert told_of is not None
    if told_of.mid:  # the last that they saw, and with it all before it
        yield _report(thread, told_of.mid, State.READ, thread.at)
        yield _all_until(thread, State.READ, thread.at)
    elif told_of.watermark:
        yield _all_until(thread, State.READ, thread.place.time(told_of.watermark))


def _report(thread: Thread, mid: str, state: State, at: datetime) -> Reported:
    return Reported(mid, state, at, to=thread.place.to, recipient=thread.by.value)


def _all_until(thread: Thread, state: State, at: datetime) -> Reported:
    """Messenger names a moment: everything until then was delivered, or read."""
    return Reported("", state, at, to=thread.place.to, by=thread.by)


# --- the thread and the page ----------------------------------------------


def _linked(thread: Thread) -> Iterator[Fact]:
    link = thread.event.account_linking
    assert link is not None
    part = Native("account_linking", f"Account {link.status or 'linked'}")
    context = {"account": link.authorization_code, "account_state": link.status}
    yield _noticed(thread, part, "linking", context=context, automatic=True)


def _passed(thread: Thread, name: str) -> Iterator[Fact]:
    control: wire.Control = getattr(thread.event, name)
    app = control.new_owner_app_id or control.requested_owner_app_id or ""
    part = Native(name, f"{name.replace('_', ' ').capitalize()} {app}".strip())
    context = {"thread_owner": str(app), "thread_note": control.metadata or ""}
    yield _noticed(thread, part, name, context=context, automatic=True)


def _joined(thread: Thread) -> Iterator[Fact]:
    """Who ticked our box on a page has written: the box's reference is this person."""
    prior = thread.event.prior_message
    assert prior is not None
    if not prior.identifier or thread.by.space != thread.space:
        yield Unknown("prior_message of nobody", thread.made_up("prior"), thread.place.to)
        return
    old = Handle(_ref_space(thread.space), prior.identifier)
    new = msgspec.structs.replace(thread.by, also=())
    yield Moved(thread.made_up("prior"), old, new, thread.at, thread.place.to)


def _felt(thread: Thread) -> Iterator[Fact]:
    """A survey of Meta's own kind, filled in."""
    feedback = thread.event.messaging_feedback
    assert feedback is not None
    for screen in feedback.feedback_screens:
        for name, answer in screen.questions.items():
            more = answer.follow_up.payload if answer.follow_up else ""
            words = "\n".join(filter(None, [answer.payload, more])) or "?"
            context = {"choice": f"{answer.type or 'csat'}:{name}:{answer.payload}"}
            id_ = f"{thread.made_up('feedback')}:{name}"
            yield _noticed(thread, Text(words), "feedback", id=id_, context=context)


def _enforced(enforcement: wire.Enforcement, event: wire.Event, place: Place) -> Fact:
    states = {"block": "restricted", "unblock": "restored", "warning": "quality"}
    return Announced(
        id=f"policy:{digest(msgspec.json.encode(event))}",
        what=states.get(enforcement.action, "quality"),
        at=place.time(event.timestamp),
        detail=f"{enforcement.action}: {enforcement.reason}".strip(": "),
        to=place.to,
    )


# The first that is there says what happened.
READERS: dict[str, Callable[[Thread], Iterator[Fact]]] = {
    "message": _message,
    "message_edit": _edited,
    "postback": _postback,
    "reaction": _reacted,
    "delivery": _delivered,
    "read": _read_up_to,
    "referral": _arrived,
    "optin": _opted,
    "account_linking": _linked,
    "messaging_feedback": _felt,
    "pass_thread_control": partial(_passed, name="pass_thread_control"),
    "take_thread_control": partial(_passed, name="take_thread_control"),
    "request_thread_control": partial(_passed, name="request_thread_control"),
    "prior_message": _joined,
}
