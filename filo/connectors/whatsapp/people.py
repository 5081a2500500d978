"""Who somebody is to WhatsApp: a phone number, a business-scoped user id (BSUID), or both.

A BSUID holds for all numbers of one business account; a phone number may be missing for people
who use a user name. (Business-scoped user IDs, Meta, May 2026)
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from filo.channels.contract import Handle
from filo.channels.kit import e164
from filo.connectors.whatsapp import wire

PHONE = "phone"
_BSUID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}\Z")


def space_of(waba: str) -> str:
    """The identity space of the BSUIDs of one business account."""
    return f"whatsapp:{waba}"


def handle(*ids: str, waba: str, name: str = "") -> Handle | None:
    """One person from all the ids a payload gives: Meta puts a BSUID in the place of a phone."""
    phone = next(filter(None, map(_phone, ids)), "")
    bsuid = next((one for one in ids if _BSUID.match(one)), "")
    if phone:
        return Handle(PHONE, phone, name, ((space_of(waba), bsuid),) if bsuid else ())
    return Handle(space_of(waba), bsuid, name) if bsuid else None


def author(
    message: wire.Message, *, index: int, contacts: Sequence[wire.Contact], waba: str
) -> Handle | None:
    """Who wrote a message, with what its contact says of them."""
    contact = _contact_of(message, index, contacts)
    ids = (message.sender, message.from_user_id, contact.wa_id, contact.user_id)
    return handle(*ids, waba=waba, name=contact.profile.name or contact.profile.username)


def _contact_of(
    message: wire.Message, index: int, contacts: Sequence[wire.Contact]
) -> wire.Contact:
    ids = {message.sender, message.from_user_id} - {""}
    for contact in contacts:
        if contact.wa_id in ids or contact.user_id in ids:
            return contact
    # Neither side names the other: they stand side by side. (pywa reads them so, August 2026)
    if not ids and index < len(contacts):
        return contacts[index]
    return wire.Contact()


def _phone(number: str) -> str:
    """Everybody on WhatsApp has a mobile: one spelling for each, whichever Meta gives today."""
    return e164(f"+{number.removeprefix('+')}", mobile=True) if number else ""
