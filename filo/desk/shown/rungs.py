"""What the composer offers when the usual road is closed, and the templates to choose from."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec
from django.utils.translation import gettext as _

from filo.channels.types import TemplateView
from filo.desk.shown.people import readable
from filo.outbound.types import Rung, Step

_PLACE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


class Offer(msgspec.Struct, frozen=True):
    """One button of the ladder. `name` and `value` are what it sends; `opens` a dialog instead."""

    words: str
    icon: str
    name: str = ""
    value: str = ""
    kind: str = ""
    opens: bool = False


class Blank(msgspec.Struct, frozen=True):
    """One variable to fill in."""

    name: str
    words: str


class Sheet(msgspec.Struct, frozen=True):
    """A template in the picker. `pieces` is how it reads, `key` what the form sends."""

    key: str
    name: str
    language: str
    category: str
    usable: bool
    state: str
    reading: str
    blanks: tuple[Blank, ...]
    buttons: tuple[str, ...]
    why: str = ""


def offers(steps: Iterable[Step]) -> list[Offer]:
    return [_offer(step) for step in steps]


def sheets(templates: Iterable[TemplateView]) -> list[Sheet]:
    return [_sheet(one) for one in templates]


def key(template: TemplateView) -> str:
    return f"{template.name}|{template.language}"


def _offer(step: Step) -> Offer:
    road = f"{step.road.identity}:{step.road.channel}"
    shown = {"name": step.road.channel_name, "value": readable(step.road.value)}
    match step.rung:
        case Rung.HELD:
            words = _("Keep this answer, and tell them that it is ready")
            return Offer(words, "hourglass", "ahead", key(step.templates[0]), step.road.kind)
        case Rung.TEMPLATE:
            words = _("Send a template")
            return Offer(words, "file-text", "templates", road, step.road.kind, opens=True)
        case Rung.MAIL:
            words = _("Write an e-mail to %(value)s") % shown
            return Offer(words, "mail", "take", road, step.road.kind)
        case Rung.ROAD:
            words = _("Answer by %(name)s: %(value)s") % shown
            return Offer(words, "reply", "take", road, step.road.kind)


def _sheet(one: TemplateView) -> Sheet:
    pieces = [
        "" if one.header in ("image", "video", "document", "location") else one.header,
        one.body,
        one.footer,
    ]
    return Sheet(
        key=key(one),
        name=one.name.replace("_", " "),
        language=one.language,
        category=_categories().get(one.category, one.category),
        usable=one.usable,
        state=_states().get(one.state, one.state),
        reading="\n".join(piece for piece in pieces if piece),
        blanks=tuple(Blank(name, _words(name)) for name in one.variables),
        buttons=one.buttons,
        why=one.detail,
    )


def _words(name: str) -> str:
    """`body.1` is the blank that the reading shows as {{1}}."""
    where, _dot, which = name.partition(".")
    shown = which.replace("_", " ")
    if where == "body":
        return shown
    return _("%(which)s, at the top") % {"which": shown} if where == "header" else _("end of link")


def _categories() -> dict[str, str]:
    return {
        "utility": _("service"),
        "marketing": _("marketing"),
        "authentication": _("login code"),
    }


def _states() -> dict[str, str]:
    return {
        "approved": _("approved"),
        "pending": _("being checked"),
        "rejected": _("refused"),
        "paused": _("paused"),
        "disabled": _("switched off"),
    }
