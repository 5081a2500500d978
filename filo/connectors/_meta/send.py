"""From our parts to Meta's Send API: one message of Messenger or Instagram."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from msgspec import structs

from filo.channels.contract import (
    Capabilities,
    Card,
    Carousel,
    Choice,
    Config,
    Envelope,
    Failed,
    Handle,
    Media,
    Option,
    Reason,
    RichCard,
    Spoken,
    Text,
    Window,
)

WINDOW = timedelta(hours=24)
BY_HAND = timedelta(days=7)
HUMAN = Window(BY_HAND, kind="human_agent", by_hand=True)
MOST_BUTTONS = 3
BUTTON_TEXT = 640
KINDS = ("image", "audio", "video")
Message = dict[str, Any]


def with_people(card: Card, config: Config) -> Card:
    """The card of a channel whose people Meta lets answer for seven days."""
    if config.get("human_agent") != "yes":
        return card
    return structs.replace(card, can=structs.replace(card.can, windows=(HUMAN,)))


def once(can: Capabilities) -> Capabilities:
    """A comment is taken up in private by one message and no more: all its parts go in that."""
    return structs.replace(can, parts=frozenset({Text, Media}), bundles=True)


def body(to: Handle, message: Message, envelope: Envelope, config: Config) -> dict[str, Any]:
    """The whole call for one message."""
    return {
        "recipient": recipient(to, envelope, config),
        **manner(envelope, config),
        **answering(envelope),
        "message": message,
    }


def recipient(to: Handle, envelope: Envelope, config: Config) -> dict[str, str]:
    """A person; a comment or post, whose author we answer in private; or a box on a page."""
    if envelope.privately:
        is_post = envelope.privately.startswith(f"{config.get('page_id') or '-'}_")
        return {"post_id" if is_post else "comment_id": envelope.privately}
    return {"user_ref": to.value} if "_ref:" in to.space else {"id": to.value}


def manner(envelope: Envelope, config: Config) -> dict[str, str]:
    """Inside the window an answer; after it a person of ours may still answer for seven days."""
    if envelope.privately:
        return {}
    since = envelope.at - envelope.heard_at if envelope.heard_at else None
    late = since is not None and WINDOW < since <= BY_HAND
    if late and config.get("human_agent") == "yes" and not envelope.automatic:
        return {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    return {"messaging_type": "RESPONSE"}


def answering(envelope: Envelope) -> dict[str, Any]:
    """The quoted message, where its id is Meta's own and not one that we made up."""
    quoted = envelope.answers
    if not quoted or ":" in quoted or envelope.privately:
        return {}
    return {"reply_to": {"mid": quoted}}


# --- plain ----------------------------------------------------------------


def plain(part: Spoken, *, attachment: str = "") -> Message:
    """Text, files, questions and cards; `attachment` is the file that was uploaded for it."""
    match part:
        case Text():
            return {"text": part.text}
        case Media():
            return _media(part, attachment)
        case Choice():
            return question(part)
        case RichCard():
            return cards([part])
        case Carousel():
            return cards(part.cards)
        case _:
            raise Failed(Reason.OTHER, f"there is no {type(part).__name__} here")


def kind_of(media: Media) -> str:
    """How a file is shown: in place, or as a file."""
    kind = media.mime.partition("/")[0].lower()
    return kind if kind in KINDS else "file"


def _media(media: Media, attachment: str) -> Message:
    if media.sticker and media.ref.isdigit():
        return {"sticker_id": int(media.ref)}
    if attachment:
        payload: dict[str, Any] = {"attachment_id": attachment}
    elif media.url:
        payload = {"url": media.url, "is_reusable": False}
    else:
        raise Failed(Reason.OTHER, "the file is neither here nor at an address")
    return {"attachment": {"type": kind_of(media), "payload": payload}}


# --- questions and cards --------------------------------------------------


def question(choice: Choice) -> Message:
    """Quick answers above the keyboard; buttons that stay where one of them opens a page."""
    linked = any(option.url for option in choice.options)
    few = len(choice.options) <= MOST_BUTTONS and len(choice.text) <= BUTTON_TEXT
    if linked and few:
        return template("button", text=choice.text, buttons=buttons(choice.options))
    rows = [f"{o.label}: {o.hint or o.url}" for o in choice.options if o.hint or o.url]
    quick = [
        {"content_type": "text", "title": option.label, "payload": option.id}
        for option in choice.options
        if not option.url
    ]
    words = {"text": "\n".join([choice.text, *rows])}
    return words | ({"quick_replies": quick} if quick else {})  # an empty list is refused


def cards(all_of_them: Sequence[RichCard], *, square: bool = False) -> Message:
    """One card, or several side by side; one of mere words is words. `square`: the picture is
    not cut to the shape of a landscape."""
    elements = [_element(card) for card in all_of_them]
    if len(elements) == 1 and len(elements[0]) == 1:
        return {"text": elements[0]["title"]}  # Meta wants more than a title in a card
    shape = {"image_aspect_ratio": "square"} if square else {}
    return template("generic", **shape, elements=elements)


def _element(card: RichCard) -> dict[str, Any]:
    found: dict[str, Any] = {"title": card.title}
    if card.text:
        found["subtitle"] = card.text
    if card.image and card.image.url:
        found["image_url"] = card.image.url
    if card.options:
        found["buttons"] = buttons(card.options)
    return found


def buttons(options: Sequence[Option]) -> list[dict[str, str]]:
    return [
        {"type": "web_url", "url": option.url, "title": option.label}
        if option.url
        else {"type": "postback", "title": option.label, "payload": option.id}
        for option in options
    ]


def template(kind: str, **more: Any) -> Message:
    payload = {"template_type": kind, **more}
    return {"attachment": {"type": "template", "payload": payload}}
