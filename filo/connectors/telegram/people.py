"""Who somebody is to Telegram, and how a message is called.

A person's number is the same for all bots. In a business chat the bot speaks for the owner of a
Telegram Business account: then the connection is part of the address.
"""

from __future__ import annotations

from filo.channels.contract import Handle
from filo.channels.kit import e164
from filo.connectors.telegram import wire

SPACE = "telegram"


def person(user: wire.User | wire.Chat, *, connection: str = "", phone: str = "") -> Handle:
    also = (("phone", phone),) if phone else ()
    if not connection:
        return Handle(SPACE, str(user.id), user.name, also)
    return Handle(f"{SPACE}:{connection}", str(user.id), user.name, ((SPACE, str(user.id)), *also))


def connection_of(who: Handle) -> str:
    """The business connection that leads to this person; empty when they talk with the bot."""
    return who.space.partition(":")[2]


def own_phone(message: wire.Message) -> str:
    """The number somebody shared of themselves: Telegram itself says that it is theirs."""
    card = message.contact
    if not card or not card.user_id or card.user_id != message.sender.id:
        return ""
    return e164(f"+{card.phone_number.removeprefix('+')}", mobile=True)


def message_id(number: int, *, chat: int | str, connection: str = "") -> str:
    """A number is unique in its chat only, and a business chat has numbers of its own."""
    return "/".join(filter(None, (connection, str(chat), str(number))))


def number_of(message: str) -> int:
    """The number in a message id; 0 when it is none of ours."""
    last = message.rpartition("/")[2]
    return int(last) if "/" in message and last.isascii() and last.isdigit() else 0
