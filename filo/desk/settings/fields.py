"""A channel's settings as the fields of a form. Secrets go in, never out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from filo.channels.contract import Card, Setting

PREFIX = "setting_"


class Field(msgspec.Struct, frozen=True):
    name: str
    label: str
    help: str
    value: str = ""
    error: str = ""
    secret: bool = False
    required: bool = False
    placeholder: str = ""
    choices: tuple[str, ...] = ()
    chooses: bool = False  # which other fields there are hangs on it


def fields(
    card: Card,
    given: Mapping[str, str],
    problems: Mapping[str, str] | None = None,
    *,
    known: bool = False,
    kept: Mapping[str, str] | None = None,
) -> list[Field]:
    """`known`: the channel exists, so an empty secret means that it stays as it is.

    So it does for what a draft has `kept` already.
    """
    there = kept or {}
    return [
        Field(
            name=PREFIX + setting.name,
            label=_(setting.label),
            help=_(setting.help) if setting.help else "",
            value="" if setting.secret else given.get(setting.name, setting.default),
            error=_error(setting, given, problems or {}),
            secret=setting.secret,
            required=setting.required and not setting.made and not (setting.secret and known),
            placeholder=_placeholder(setting, known=known or bool(there.get(setting.name))),
            choices=setting.choices,
            chooses=setting.name == card.chooses,
        )
        for setting in card.settings
        if card.asks(setting, given)
    ]


def asked(card: Card, form: Mapping[str, Any]) -> dict[str, str]:
    """What the form says about this card's settings, and nothing else."""
    return {
        setting.name: str(form[PREFIX + setting.name]).strip()
        for setting in card.settings
        if PREFIX + setting.name in form
    }


def given(card: Card, form: Mapping[str, Any]) -> dict[str, str]:
    """What was typed: an empty field leaves what is there."""
    return {name: text for name, text in asked(card, form).items() if text}


class Told(msgspec.Struct, frozen=True):
    """A value that is shown once."""

    label: str
    value: str


def made(card: Card, given: Mapping[str, str], kept: Mapping[str, str]) -> Sequence[Told]:
    """The secrets that we made because the form left them empty: told now, never again."""
    return [
        Told(_(setting.label), kept[setting.name])
        for setting in card.settings
        if setting.made and not given.get(setting.name) and kept.get(setting.name)
        if card.asks(setting, kept)
    ]


def _error(setting: Setting, given: Mapping[str, str], problems: Mapping[str, str]) -> str:
    """What the refusal said, in the reader's language where the field itself tells why."""
    if setting.name not in problems:
        return ""
    if not given.get(setting.name):
        return _("This is missing.")
    if setting.choices:
        return _("It must be one of: %(choices)s.") % {"choices": ", ".join(setting.choices)}
    return problems[setting.name]


def _placeholder(setting: Setting, *, known: bool) -> str:
    if setting.secret and known:
        return _("Kept. Write a new one to change it.")
    return _("Leave it empty: we make one.") if setting.made else ""
