"""Mailgun: routes that bring mails, its API for raw ones, signed events, a suppression list.

An account is a sending domain; `settings` are those of the channel. What the company sends is
delivered to the town's mailboxes where there are any, so that the mail program shows it; what is
written there to the address of an account comes through here. By the recipient's name: `unknown@`
bounces and is suppressed from then on, `full@` is deferred and then delivered.

Options of an account: `parsed` (the route forwards mails taken apart), `duplicates`, `silent` (no
events), `early` (events before our answer). `next` takes the common whims.

Acts: `open`, `complain` and `unsubscribe` about a bubble.
"""

from __future__ import annotations

from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING

from filo.core import clock
from filo.emulators.accounts import Account, Bubble, Deed
from filo.emulators.players.mailgun import desk
from filo.emulators.players.mailgun.api import router as api
from filo.emulators.players.mailgun.desk import KIND, tell
from filo.emulators.players.parcels import sent_file
from filo.emulators.web import Answer, Refused, Router
from filo.emulators.world import World, moment

if TYPE_CHECKING:
    from collections.abc import Mapping

EVENTS: Mapping[str, str] = {
    "open": "opened",
    "complain": "complained",
    "unsubscribe": "unsubscribed",
}


class Mailgun:
    kind = KIND
    router: Router = api

    async def act(self, world: World, account: Account, person: str, deed: Deed) -> Answer:
        if deed.act in EVENTS:
            return await _told(world, account, person, deed)
        mail = _mail(world, account, person, deed)
        status = await _brought(world, account, mail)
        return Answer.json({"hook": status, "id": str(mail["Message-ID"]).strip("<>")})

    async def read(self, world: World, account: Account, person: str) -> None:
        """Open tracking is off, as our guide asks: nobody is told."""

    async def bring(self, world: World, to: str, mail: EmailMessage) -> bool:
        """Mail that somebody writes elsewhere to an address whose MX is ours."""
        local, _, domain = to.lower().rpartition("@")
        bare = f"{local.partition('+')[0]}@{domain}"
        for account in world.accounts.of(KIND).values():
            if account.settings.get("address", "").lower() == bare:
                await _brought(world, account, mail)
                return True
        return False


player = Mailgun()


async def _brought(world: World, account: Account, mail: EmailMessage) -> int:
    """A mail has reached the domain: its route calls the hook."""
    sender = str(mail["From"].addresses[0].addr_spec)
    words = mail.get_body(("plain", "html"))
    text = str(words.get_content()).strip() if words else ""
    bubble = Bubble(str(mail["Message-ID"]).strip("<>"), False, moment(), "text", {"text": text})
    world.accounts.talk(account, sender).bubbles.append(bubble)
    return await desk.forward(world, account, mail, sender)


def _mail(world: World, account: Account, person: str, deed: Deed) -> EmailMessage:
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"] = f"{deed.name} <{person}>" if deed.name else person
    mail["To"] = str(deed.values.get("to") or account.settings.get("address", ""))
    mail["Subject"] = str(deed.values.get("subject", ""))
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = f"<{world.new_id('mail.')}@{person.rpartition('@')[2]}>"
    if deed.about:
        mail["In-Reply-To"] = mail["References"] = f"<{deed.about}>"
    mail.set_content(deed.text or deed.media.get("caption", ""))
    if deed.media:
        file = sent_file(world, deed.media, mark="m")
        kind, _, subtype = file.mime.partition("/")
        mail.add_attachment(file.body, maintype=kind, subtype=subtype, filename=file.name or "file")
    return mail


async def _told(world: World, account: Account, person: str, deed: Deed) -> Answer:
    bubble = world.accounts.bubble(account, deed.about)
    if bubble is None or not bubble.out:
        raise Refused(Answer.json({"error": "no such mail"}, status=400))
    told = desk.event(world, EVENTS[deed.act], bubble.id, person)
    return Answer.json({"hook": await tell(world, account, told), "id": bubble.id})
