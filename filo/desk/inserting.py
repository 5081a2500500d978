"""What an agent adds to an answer, from the fields of its small form. Pure: no clock, no query."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, tzinfo
from decimal import Decimal

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.text import slugify
from django.utils.translation import gettext as _

from filo.channels.contract import (
    Appointment,
    Carousel,
    Choice,
    Field,
    Form,
    Location,
    Media,
    Option,
    Part,
    Payment,
    Price,
    RichCard,
    Slot,
    Slots,
    Survey,
)

Said = Mapping[str, str]
MOST_CARDS, MOST_FIELDS, MOST_DAYS = 10, 8, 3
LONGEST_LINK = 2_000
FIRST_YEAR = 2000  # browsers say 0002 while 2026 is typed, and far years have no moment in UTC
_PAGE = re.compile(r"(?:(.*\S)\s+)?(https?://\S+)", re.IGNORECASE)
_PAIR = re.compile(r"(-?\d{1,2}(?:\.\d+)?)\s*,\s*(-?\d{1,3}(?:\.\d+)?)")
_NAMED = re.compile(r"m?lat=(-?[\d.]+).*?m?lon=(-?[\d.]+)")
# One sign parts the thousands and the other the cents; 1,23,456 is written in India.
_AMOUNT = re.compile(
    r"(\d{1,13}|[1-9]\d{0,2}([.,])(?:\d{2,3}\2){0,3}\d{3})(?:(?!\2)[.,](\d{1,2}))?", re.ASCII
)
_HOUR = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?")


class Unready(Exception):
    """What is still missing or wrong, in a sentence for the writer."""


def part_of(said: Said, *, zone: tzinfo) -> Part:
    """The part that these fields mean; times are those of `zone`."""
    read = READERS.get(said.get("kind", ""))
    if read is None:
        raise Unready(_("Choose what to add."))
    return read(said, zone)


def _needed(said: Said, name: str, problem: str) -> str:
    if words := said.get(name, "").strip():
        return words
    raise Unready(problem)


def _optional(said: Said, name: str) -> str:
    return said.get(name, "").strip()


# --- answers to choose from ------------------------------------------------------


def _choice(said: Said, _zone: tzinfo) -> Part:
    text = _needed(said, "text", _("Write the question."))
    options = tuple(_options(said, "answers"))
    if not options:
        raise Unready(_("Write the ready answers, one a line."))
    return Choice(text, options, _optional(said, "button"))


def _options(said: Said, name: str) -> Iterator[Option]:
    """One a line; a line that ends in an address opens that page."""
    lines = (line.strip() for line in said.get(name, "").splitlines())
    for n, line in enumerate(filter(None, lines), 1):
        id_ = f"{said.get('ref', '')}.{name}.{n}"
        page = _PAGE.fullmatch(line)
        yield Option(id_, page[1] or page[2], url=page[2]) if page else Option(id_, line)


def _cards(said: Said, _zone: tzinfo) -> Part:
    above = _optional(said, "text")
    cards = tuple(_card(said, n) for n in range(1, MOST_CARDS + 1) if _is_written(said, n))
    if not cards:
        raise Unready(_("Give the card a title."))
    return cards[0] if len(cards) == 1 and not above else Carousel(cards, above)


def _is_written(said: Said, n: int) -> bool:
    return any(_optional(said, f"{name}.{n}") for name in ("title", "words", "image", "buttons"))


def _card(said: Said, n: int) -> RichCard:
    image = _optional(said, f"image.{n}")
    return RichCard(
        _needed(said, f"title.{n}", _("Card %(n)d needs a title.") % {"n": n}),
        _optional(said, f"words.{n}"),
        Media(_optional(said, f"mime.{n}") or "image/jpeg", attachment=image) if image else None,
        tuple(_options(said, f"buttons.{n}")),
    )


def _survey(said: Said, _zone: tzinfo) -> Part:
    text = _needed(said, "text", _("Write the question."))
    scale = _whole(said, "scale", 5)
    if not 2 <= scale <= 11:
        raise Unready(_("A survey has 2 to 11 scores."))
    return Survey(said.get("ref", ""), text, scale, _optional(said, "low"), _optional(said, "high"))


def _form(said: Said, _zone: tzinfo) -> Part:
    title = _needed(said, "title", _("Give the form a title."))
    asked = tuple(_field(said, n) for n in range(1, MOST_FIELDS + 1) if _optional(said, f"ask.{n}"))
    if not asked:
        raise Unready(_("Write what it asks."))
    words = _optional(said, "text"), _optional(said, "button")
    return Form(said.get("ref", ""), title, asked, *words)


def _field(said: Said, n: int) -> Field:
    label, kind = _optional(said, f"ask.{n}"), _optional(said, f"as.{n}") or "text"
    ready = [one.strip() for one in said.get(f"ready.{n}", "").split(",") if one.strip()]
    if kind == "choice" and not ready:
        raise Unready(_("Write the answers of “%(label)s”, with commas.") % {"label": label})
    options = tuple(Option(str(at), one) for at, one in enumerate(ready, 1))
    name = f"{slugify(label).replace('-', '_') or 'field'}_{n}"
    return Field(name, label, kind, options, required=not _optional(said, f"free.{n}"))


# --- places and times ------------------------------------------------------------


def _place(said: Said, _zone: tzinfo) -> Part:
    where = _needed(said, "where", _("Paste the link of a map, or latitude and longitude."))
    where = where[:LONGEST_LINK]
    found = _NAMED.search(where) or _PAIR.search(where)
    if found is None:
        raise Unready(_("No latitude and longitude are in that: 45.0703, 7.6869 would do."))
    try:
        latitude, longitude = float(found[1]), float(found[2])
    except ValueError:
        raise Unready(_("No latitude and longitude are in that.")) from None
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise Unready(_("There is no such place on Earth."))
    return Location(latitude, longitude, _optional(said, "name"), _optional(said, "address"))


def _slots(said: Said, zone: tzinfo) -> Part:
    text = _needed(said, "text", _("Write the question."))
    minutes = _whole(said, "minutes", 0)
    starts = sorted({one for n in range(1, MOST_DAYS + 1) for one in _starts(said, n, zone)})
    if not starts:
        raise Unready(_("Choose a day and write its times: 9:00 10:30 15:00."))
    ref = said.get("ref", "")
    return Slots(text, tuple(Slot(f"{ref}.{n}", at, minutes) for n, at in enumerate(starts, 1)))


def _starts(said: Said, n: int, zone: tzinfo) -> Iterator[datetime]:
    day = _day(said, f"day.{n}")
    hours = [word for word in re.split(r"[\s,;]+", said.get(f"times.{n}", "")) if word]
    for word in hours if day else []:
        found = _HOUR.fullmatch(word)
        if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
            raise Unready(_("“%(word)s” is no time of the day.") % {"word": word})
        assert day is not None
        yield datetime.combine(day, time(int(found[1]), int(found[2] or 0)), zone)


def _appointment(said: Said, zone: tzinfo) -> Part:
    title = _needed(said, "title", _("Say what the appointment is for."))
    return Appointment(
        title,
        _moment(said, "starts", zone),
        _whole(said, "minutes", 0),
        _optional(said, "place"),
        _optional(said, "text"),
        _address(said, "url"),
    )


def _day(said: Said, name: str) -> date | None:
    try:
        found = parse_date(_optional(said, name))
    except ValueError:
        return None
    return found if found and _is_of_now(found) else None


def _is_of_now(day: date) -> bool:
    return FIRST_YEAR <= day.year < date.max.year


def _moment(said: Said, name: str, zone: tzinfo) -> datetime:
    try:
        found = parse_datetime(_optional(said, name))
    except ValueError:
        found = None
    if found is None or not _is_of_now(found):
        raise Unready(_("Choose day and time."))
    return found if found.tzinfo else found.replace(tzinfo=zone)


# --- money -----------------------------------------------------------------------


def _payment(said: Said, zone: tzinfo) -> Part:
    title = _needed(said, "title", _("Say what is to be paid."))
    reference = _needed(said, "reference", _("Give the payment a reference."))
    due = _day(said, "due")
    return Payment(
        title,
        Price(_amount(said), _currency(said)),
        reference,
        _address(said, "url"),
        datetime.combine(due, time(23, 59), zone) if due else None,
    )


def _amount(said: Said) -> Decimal:
    """`1.234,50`, `1,234.50` and `12,5`. What could be read two ways is not guessed."""
    digits = re.sub(r"[\s']", "", said.get("amount", ""))
    found = _AMOUNT.fullmatch(digits)
    if found is None:
        raise Unready(_("Write the amount as a number."))
    amount = Decimal(f"{re.sub(r'[.,]', '', found[1])}.{found[3] or '00'}")
    if not amount:
        raise Unready(_("Write the amount."))
    return amount.quantize(Decimal("0.01"))


def _currency(said: Said) -> str:
    code = (_optional(said, "currency") or "EUR").upper()
    if not re.fullmatch("[A-Z]{3}", code):
        raise Unready(_("A currency has three letters: EUR."))
    return code


def _address(said: Said, name: str) -> str:
    url = _optional(said, name)
    if url and not url.lower().startswith(("https://", "http://")):
        raise Unready(_("An address begins with https://"))
    return url


def _whole(said: Said, name: str, usual: int) -> int:
    words = _optional(said, name)
    if not words:
        return usual
    if not words.isdecimal() or len(words) > 4:
        raise Unready(_("“%(words)s” is no number.") % {"words": words})
    return int(words)


Reader = Callable[[Said, tzinfo], Part]
READERS: dict[str, Reader] = {
    "choice": _choice,
    "cards": _cards,
    "survey": _survey,
    "form": _form,
    "place": _place,
    "slots": _slots,
    "appointment": _appointment,
    "payment": _payment,
}
