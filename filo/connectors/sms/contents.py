"""What RCS shows and SMS cannot, as contents of Twilio's Content API, each with its words beside.

Sent by a Messaging Service with an RCS sender, Twilio picks per phone: the card, or the words.
"""

from __future__ import annotations

from typing import Any

import msgspec

from filo.channels.contract import (
    Carousel,
    Choice,
    Location,
    Media,
    Option,
    RichCard,
    Spoken,
)
from filo.channels.kit import in_words

Rich = Choice | RichCard | Carousel | Location
LONGEST = 1600  # what SMS takes, for the words beside
WORDS = {"it": "Scelga", "en": "Choose"}


def is_rich(part: Spoken) -> bool:
    return isinstance(part, Rich)


def content(part: Spoken, *, name: str, language: str) -> dict[str, Any]:
    """The body of `POST /v1/Content`."""
    assert isinstance(part, Rich)
    words = _words(part)
    types = _types(part, language)
    # Longer than an SMS can be: then only phones with RCS get it, and the others are reported.
    types |= {"twilio/text": {"body": words}} if len(words) <= LONGEST else {}
    return {"friendly_name": name, "language": language[:2] or "en", "types": types}


def _types(part: Rich, language: str) -> dict[str, Any]:
    match part:
        case Choice():
            return _question(part)
        case RichCard():
            return {"twilio/card": _card(part)}
        case Carousel(cards=(one,)):
            return {"twilio/card": _card(_introduced(one, part.text))}
        case Carousel():
            first = _introduced(part.cards[0], part.text)
            cards = [_card(one) for one in (first, *part.cards[1:])]
            return {"twilio/carousel": {"body": part.text or _choose(language), "cards": cards}}
        case Location():
            label = ", ".join(filter(None, [part.name, part.address]))
            place = {"latitude": part.latitude, "longitude": part.longitude, "label": label}
            return {"twilio/location": place}


def _question(choice: Choice) -> dict[str, Any]:
    actions = [_action(option) for option in choice.options]
    if any(option.url for option in choice.options):
        return {"twilio/card": {"title": choice.text, "actions": actions}}
    return {"twilio/quick-reply": {"body": choice.text, "actions": actions}}


def _card(card: RichCard) -> dict[str, Any]:
    return {
        "title": card.title,
        **({"body": card.text} if card.text else {}),
        **({"media": [card.image.url]} if isinstance(card.image, Media) and card.image.url else {}),
        "actions": [_action(option) for option in card.options],
    }


def _introduced(card: RichCard, text: str) -> RichCard:
    """Over RCS a carousel shows no words of its own, and two messages could come apart."""
    words = "\n".join(filter(None, [text, card.text]))
    return msgspec.structs.replace(card, text=words)


def _action(option: Option) -> dict[str, Any]:
    if option.url.startswith("tel:"):
        number = option.url.removeprefix("tel:")
        return {"type": "PHONE_NUMBER", "title": option.label, "phone": number}
    if option.url:
        return {"type": "URL", "title": option.label, "url": option.url}
    return {"type": "QUICK_REPLY", "title": option.label, "id": option.id}


def _choose(language: str) -> str:
    return WORDS.get(language.partition("-")[0], WORDS["en"])


def _words(part: Rich) -> str:
    match part:
        case Choice():
            rows = [
                f"{n}. {one.label}" + "".join(f": {more}" for more in (one.hint, one.url) if more)
                for n, one in enumerate(part.options, start=1)
            ]
            return "\n".join(filter(None, [part.text, *rows]))
        case Location():
            where = f"{part.latitude:.6f}&mlon={part.longitude:.6f}"
            address = f"https://www.openstreetmap.org/?mlat={where}"
            return "\n".join(filter(None, [part.name, part.address, address]))
        case Carousel():
            return "\n\n".join(filter(None, [part.text, *(in_words(one) for one in part.cards)]))
        case RichCard():
            return in_words(part)
