"""What the providers would have sent: the guests' words as the bodies of real calls."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256
from uuid import NAMESPACE_DNS, uuid5

from filo.channels.types import ChannelConfig
from filo.project.sample.cast import DOMAIN, Guest, guest
from filo.project.sample.story import Step

Body = Callable[[Step, ChannelConfig, datetime], bytes]


def whatsapp(step: Step, channel: ChannelConfig, at: datetime) -> bytes:
    person = guest(step.guest)
    message = {
        "from": person.phone,
        "id": f"wamid.{_mark(step)}",
        "timestamp": str(int(at.timestamp())),
        "type": "text",
        "text": {"body": step.text},
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": "390450001234",
            "phone_number_id": channel.settings["phone_number_id"],
        },
        "contacts": [{"profile": {"name": person.name}, "wa_id": person.phone}],
        "messages": [message],
    }
    entry = {"id": channel.settings["waba_id"], "changes": [{"value": value, "field": "messages"}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def email(step: Step, channel: ChannelConfig, at: datetime) -> bytes:
    person = guest(step.guest)
    mail = EmailMessage()
    mail["From"] = f"{person.name} <{person.email}>"
    mail["To"] = channel.settings["address"]
    mail["Subject"] = step.subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{_mark(step)}@{person.email.partition('@')[2]}>"
    # The first mail of an exchange names its root; the later ones answer it.
    root = f"<root-{_mark_of(step.guest, step.subject)}@{person.email.partition('@')[2]}>"
    mail["References"] = root
    mail.set_content(step.text)
    return mail.as_bytes()


def kiosk(step: Step, channel: ChannelConfig, at: datetime) -> bytes:
    person = guest(step.guest)
    return json.dumps(
        {
            "events": [
                {
                    "type": "said",
                    "id": _mark(step),
                    "at": at.isoformat(),
                    "from": _signature(person),
                    "parts": [{"type": "text", "text": step.text}],
                }
            ]
        }
    ).encode()


def _signature(person: Guest) -> dict[str, str]:
    """At the kiosk one scans one's card, which tells the phone number and the address."""
    return {
        "id": f"card-{_mark_of(person.nick)[:8]}",
        "name": person.name,
        "phone": f"+{person.phone}",
        "email": person.email,
    }


def chat(step: Step, channel: ChannelConfig, at: datetime) -> bytes:
    """A command of the widget, as it is once the visitor's pass has been read."""
    person = guest(step.guest)
    visitor_is = {
        "space": f"web:{channel.public}",
        "value": visitor(person.nick),
        "name": person.name,
    }
    command = {
        "cmd": "send",
        "client_id": _mark(step),
        "text": step.text,
        "page": f"https://www.{DOMAIN}/",
        "at": int(at.timestamp() * 1000),
    }
    return json.dumps({"by": visitor_is, "command": command}).encode()


def identity(word: str, person: Guest) -> str:
    """How the guest is found again after writing on this channel."""
    match word:
        case "email":
            return person.email
        case "chat":
            return visitor(person.nick)
    return f"+{person.phone}"


def visitor(nick: str) -> str:
    """The identity of a guest in the web chat, the same at every load."""
    return str(uuid5(NAMESPACE_DNS, f"{nick}.{DOMAIN}"))


def _mark(step: Step) -> str:
    return _mark_of(step.guest, step.channel, step.at.isoformat(), step.text)


def _mark_of(*words: str) -> str:
    return sha256("\0".join(words).encode()).hexdigest()[:24]
