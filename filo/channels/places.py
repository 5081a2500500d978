"""What a channel can say where: in a talk, in public, or in a private answer to public words."""

from __future__ import annotations

from msgspec import structs

from filo.channels.contract import Capabilities, Card


def in_public(card: Card) -> Card:
    """The card where strangers read; how long public words may be taken up holds there too."""
    can = card.can
    if can.in_public is None:
        return card
    kept = {"privately": can.privately, "taken_up": can.taken_up}
    return structs.replace(card, can=structs.replace(can.in_public, **kept))


def taken_up(card: Card) -> Card:
    """The card of a private answer to public words."""
    can = card.can
    if can.taken_up is None:
        return card
    return structs.replace(card, can=structs.replace(can.taken_up, privately=can.privately))


def capabilities(card: Card, about: str) -> Capabilities:
    """`about` as a road names it: `public`, a public message, or nothing."""
    if not about:
        return card.can
    return (in_public(card) if about == "public" else taken_up(card)).can
