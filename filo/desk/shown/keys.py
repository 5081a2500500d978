"""The keyboard: one list for the help, the palette and `keys.js`."""

from __future__ import annotations

import msgspec
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from filo.desk.wanted import Wanted
from filo.staff.types import Scope


class Key(msgspec.Struct, frozen=True):
    words: str
    keys: tuple[str, ...]


class Command(msgspec.Struct, frozen=True):
    key: str
    words: str
    icon: str
    keys: tuple[str, ...] = ()
    href: str = "#"


class Place(msgspec.Struct, frozen=True):
    """Another face of the house, in the rail."""

    noun: str
    words: str
    icon: str
    href: str


def rail(scope: Scope) -> list[Place]:
    try:
        settings = reverse("desk:settings")
    except NoReverseMatch:
        return []
    return [Place("settings", _("Settings"), "settings", settings)] if scope.everything else []


def keys() -> list[Key]:
    return [
        Key(_("Search or command"), ("Ctrl", "K")),
        Key(_("Next, previous conversation"), ("J", "K")),
        Key(_("Open it"), ("Enter",)),
        Key(_("Reply"), ("R",)),
        Key(_("Note"), ("N",)),
        Key(_("Take"), ("T",)),
        Key(_("Assign"), ("A",)),
        Key(_("Snooze"), ("Z",)),
        Key(_("Solve"), ("E",)),
        Key(_("Solve and go to the next"), ("Shift", "E")),
        Key(_("Send"), ("Ctrl", "Enter")),
        Key(_("Send and solve"), ("Ctrl", "Shift", "Enter")),
        Key(_("Attach a file"), ("Ctrl", "Shift", "A")),
        Key(_("Add choices, cards, times, a payment…"), ("Ctrl", "I")),
        Key(_("Take back what was just sent"), ("Ctrl", "Z")),
        Key(_("Go to my queue"), ("G", "M")),
        Key(_("Go to those to take"), ("G", "T")),
        Key(_("Go to all"), ("G", "A")),
        Key(_("Go to search"), ("G", "S")),
        Key(_("Customer panel"), (".",)),
        Key(_("This help"), ("?",)),
    ]


def commands() -> list[Command]:
    queue = reverse("desk:queue")
    return [
        Command("reply", _("Reply"), "reply", ("R",)),
        Command("note", _("Write a note"), "lock", ("N",)),
        Command("insert", _("Add to the answer"), "plus", ("I",)),
        Command("take", _("Take"), "hand", ("T",)),
        Command("assign", _("Assign"), "user-round-pen", ("A",)),
        Command("snooze", _("Snooze"), "alarm-clock", ("Z",)),
        Command("solve", _("Solve"), "check", ("E",)),
        Command("go", _("My queue"), "inbox", ("G", "M"), queue),
        Command("go", _("To take"), "hand", ("G", "T"), queue + Wanted("take").address()),
        Command("go", _("All"), "layers", ("G", "A"), queue + Wanted("all").address()),
        Command("go", _("Customers and search"), "users", ("G", "S"), reverse("desk:search")),
        Command("go", _("Your wishes"), "sliders-horizontal", (), reverse("desk:wishes")),
        Command("theme", _("Light or dark"), "sun-moon"),
        Command("help", _("Keyboard"), "keyboard", ("?",)),
    ]
