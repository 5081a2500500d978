"""How one person wants the desk: their own settings, with the usual where they said nothing."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

WORDS = {
    "theme": ("", "light", "dark"),
    "density": ("", "compact"),
    "enter": ("newline", "send"),
    "letters": ("on", "off"),
}


class Wishes(msgspec.Struct, frozen=True):
    theme: str = ""
    density: str = ""
    enter: str = "newline"
    letters: str = "on"


class Choice(msgspec.Struct, frozen=True):
    value: str
    words: str
    here: bool


class Field(msgspec.Struct, frozen=True):
    name: str
    words: str
    hint: str
    choices: tuple[Choice, ...]


def wishes(settings: Mapping[str, object]) -> Wishes:
    """Their own wishes; anything that is not one of ours is left alone."""
    said = {name: str(settings.get(name, "")) for name in WORDS}
    return Wishes(**{name: word for name, word in said.items() if word and word in WORDS[name]})


def asked(form: Mapping[str, str], now: Wishes) -> dict[str, object]:
    """What a form changes."""
    if form.get("theme") == "turn":
        return {"theme": "light" if now.theme == "dark" else "dark"}
    return {name: form[name] for name, known in WORDS.items() if form.get(name) in known}


def fields(now: Wishes, language: str) -> list[Field]:
    colours = {"": _("As the system says"), "light": _("Light"), "dark": _("Dark")}
    return [
        _field("language", _("Language"), {"it": "Italiano", "en": "English"}, language),
        _field("theme", _("Colours"), colours, now.theme),
        _field("density", _("Rows"), {"": _("Comfortable"), "compact": _("Compact")}, now.density),
        _field(
            "enter",
            _("Send with"),
            {"newline": _("Ctrl + Enter"), "send": _("Enter (Shift + Enter makes a new line)")},
            now.enter,
        ),
        _field(
            "letters",
            _("Single letters as commands"),
            {"on": pgettext("letters", "On"), "off": pgettext("letters", "Off")},
            now.letters,
            _("J, K, R, N, E… outside text fields. Switch them off if you dictate."),
        ),
    ]


def _field(name: str, words: str, choices: Mapping[str, str], now: str, hint: str = "") -> Field:
    shown = tuple(Choice(value, said, value == now) for value, said in choices.items())
    return Field(name, words, hint, shown)
