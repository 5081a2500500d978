"""The fields of the small forms with which an agent adds something to an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import msgspec
from django.utils.translation import gettext as _

from filo.desk.inserting import MOST_CARDS, MOST_DAYS, MOST_FIELDS


class Ask(msgspec.Struct, frozen=True):
    """One field. `kind`: text, long, date, datetime-local, url, file, check or select."""

    name: str
    words: str
    kind: str = "text"
    required: bool = False
    hint: str = ""
    ready: tuple[tuple[str, str], ...] = ()
    value: str = ""
    half: bool = False


class Group(msgspec.Struct, frozen=True):
    """Fields that belong together; a folded group waits until it is asked for."""

    title: str
    asks: tuple[Ask, ...]
    folded: bool = False


def groups(noun: str, said: Mapping[str, str]) -> list[Group]:
    """The fields of this kind with what was written; a group that holds words is unfolded."""
    return [_filled(group, said) for group in FORMS[noun]()]


def _filled(group: Group, said: Mapping[str, str]) -> Group:
    asks = [msgspec.structs.replace(ask, value=said.get(ask.name, ask.value)) for ask in group.asks]
    written = any(said.get(ask.name, "").strip() for ask in group.asks if ask.kind != "select")
    return Group(group.title, tuple(asks), group.folded and not written)


def _choice() -> Iterator[Group]:
    lines = _("One a line. A line that ends in a web address opens that page.")
    yield Group(
        "",
        (
            Ask("text", _("Question"), "long", required=True),
            Ask("answers", _("Ready answers"), "long", required=True, hint=lines),
            Ask("button", _("Button that opens the list"), hint=_("Where the channel shows one.")),
        ),
    )


def _cards() -> Iterator[Group]:
    yield Group("", (Ask("text", _("Words above")),))
    lines = _("One a line. A line that ends in a web address opens that page.")
    for n in range(1, MOST_CARDS + 1):
        asks = (
            Ask(f"title.{n}", _("Title"), required=n == 1),
            Ask(f"words.{n}", _("Words"), "long"),
            Ask(f"image.{n}", _("Picture"), "file"),
            Ask(f"buttons.{n}", _("Buttons"), "long", hint=lines if n == 1 else ""),
        )
        yield Group(_("Card %(n)d") % {"n": n}, asks, folded=n > 1)


def _survey() -> Iterator[Group]:
    scales = tuple((str(n), _("1 to %(n)d") % {"n": n}) for n in (3, 5, 10))
    usual = _("How satisfied are you with our help?")
    yield Group(
        "",
        (
            Ask("text", _("Question"), "long", required=True, value=usual),
            Ask("scale", _("Scores"), "select", ready=scales, value="5"),
            Ask("low", _("What 1 means"), half=True),
            Ask("high", _("What the highest means"), half=True),
        ),
    )


def _form() -> Iterator[Group]:
    yield Group(
        "",
        (
            Ask("title", _("Title"), required=True),
            Ask("text", _("Words above"), "long"),
            Ask("button", _("Button"), hint=_("Where the channel shows one.")),
        ),
    )
    kinds = (
        ("text", _("a line")),
        ("long", _("several lines")),
        ("email", _("an e-mail address")),
        ("phone", _("a phone number")),
        ("number", _("a number")),
        ("date", _("a date")),
        ("choice", _("one of these answers")),
    )
    for n in range(1, MOST_FIELDS + 1):
        asks = (
            Ask(f"ask.{n}", _("What it asks"), required=n == 1, half=True),
            Ask(f"as.{n}", _("The answer is"), "select", ready=kinds, half=True, value="text"),
            Ask(f"ready.{n}", _("Answers, with commas"), half=True),
            Ask(f"free.{n}", _("May be left empty"), "check", half=True),
        )
        yield Group(_("Field %(n)d") % {"n": n}, asks, folded=n > 1)


def _place() -> Iterator[Group]:
    where = _("Paste the link of a map, or latitude and longitude: 45.0703, 7.6869")
    yield Group(
        "",
        (
            Ask("name", _("Name")),
            Ask("address", _("Address")),
            Ask("where", _("Where it is"), required=True, hint=where),
        ),
    )


def _slots() -> Iterator[Group]:
    usual = _("Which time suits you?")
    yield Group(
        "",
        (
            Ask("text", _("Question"), "long", required=True, value=usual),
            Ask("minutes", _("Minutes"), half=True),
        ),
    )
    for n in range(1, MOST_DAYS + 1):
        asks = (
            Ask(f"day.{n}", _("Day"), "date", required=n == 1, half=True),
            Ask(f"times.{n}", _("Times: 9:00 10:30 15:00"), required=n == 1, half=True),
        )
        yield Group(_("Day %(n)d") % {"n": n}, asks, folded=n > 1)


def _appointment() -> Iterator[Group]:
    yield Group(
        "",
        (
            Ask("title", _("What for"), required=True),
            Ask("starts", _("Day and time"), "datetime-local", required=True, half=True),
            Ask("minutes", _("Minutes"), half=True),
            Ask("place", _("Where")),
            Ask("text", _("Words"), "long"),
            Ask("url", _("Web page"), "url"),
        ),
    )


def _payment() -> Iterator[Group]:
    yield Group(
        "",
        (
            Ask("title", _("What is to be paid"), required=True),
            Ask("amount", _("Amount"), required=True, half=True),
            Ask("currency", _("Currency"), value="EUR", half=True),
            Ask("reference", _("Reference"), required=True, half=True),
            Ask("due", _("To be paid by"), "date", half=True),
            Ask("url", _("Page where it is paid"), "url"),
        ),
    )


FORMS: dict[str, Callable[[], Iterator[Group]]] = {
    "choice": _choice,
    "cards": _cards,
    "survey": _survey,
    "form": _form,
    "place": _place,
    "slots": _slots,
    "appointment": _appointment,
    "payment": _payment,
}
