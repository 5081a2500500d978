"""In which time zone a customer probably lives: by the country of a phone number. Pure."""

from __future__ import annotations

from collections.abc import Iterable

# Countries with one zone, or where nearly everybody lives in one.
ZONES = {
    "30": "Europe/Athens",
    "31": "Europe/Amsterdam",
    "32": "Europe/Brussels",
    "33": "Europe/Paris",
    "34": "Europe/Madrid",
    "351": "Europe/Lisbon",
    "352": "Europe/Luxembourg",
    "353": "Europe/Dublin",
    "354": "Atlantic/Reykjavik",
    "355": "Europe/Tirane",
    "356": "Europe/Malta",
    "357": "Asia/Nicosia",
    "358": "Europe/Helsinki",
    "359": "Europe/Sofia",
    "36": "Europe/Budapest",
    "370": "Europe/Vilnius",
    "371": "Europe/Riga",
    "372": "Europe/Tallinn",
    "373": "Europe/Chisinau",
    "377": "Europe/Monaco",
    "378": "Europe/San_Marino",
    "380": "Europe/Kyiv",
    "381": "Europe/Belgrade",
    "385": "Europe/Zagreb",
    "386": "Europe/Ljubljana",
    "387": "Europe/Sarajevo",
    "39": "Europe/Rome",
    "40": "Europe/Bucharest",
    "41": "Europe/Zurich",
    "420": "Europe/Prague",
    "421": "Europe/Bratislava",
    "423": "Europe/Vaduz",
    "43": "Europe/Vienna",
    "44": "Europe/London",
    "45": "Europe/Copenhagen",
    "46": "Europe/Stockholm",
    "47": "Europe/Oslo",
    "48": "Europe/Warsaw",
    "49": "Europe/Berlin",
    "81": "Asia/Tokyo",
    "82": "Asia/Seoul",
    "86": "Asia/Shanghai",
    "90": "Europe/Istanbul",
    "91": "Asia/Kolkata",
    "972": "Asia/Jerusalem",
}


def zone_of(addresses: Iterable[tuple[str, str]], *, house: str) -> str:
    """The zone of the first `(space, value)` whose country tells it; else the house's own."""
    for space, value in addresses:
        if space == "phone" and (zone := _of_phone(value)):
            return zone
    return house


def _of_phone(value: str) -> str:
    digits = value.removeprefix("+")
    return next((ZONES[digits[:n]] for n in (3, 2) if digits[:n] in ZONES), "")
