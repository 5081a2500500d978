"""Fit cards: smaller ones, or a picture with its words and a question, or words alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from filo.channels.changes import Change, Sheet
from filo.channels.contract import Capabilities, Carousel, Choice, Option, Part, RichCard, tag_of
from filo.channels.cutting import shortened, size
from filo.channels.fitting_plain import (
    fit_choice,
    fit_media,
    fit_text,
    options_fit,
    takes_choice,
    takes_file,
    takes_options,
    without_links,
)
from filo.channels.wording import how_many, in_words, lines, numbered


class _Smaller(msgspec.Struct, frozen=True):
    """A card that fits, and what must be said before and after it."""

    card: RichCard
    words: str = ""
    question: Choice | None = None


def fit_card(card: RichCard, sheet: Sheet) -> Iterator[Part]:
    """The card; a smaller one and the rest; its picture, words and question; or words."""
    if takes_card(card, sheet.can):
        yield card
    elif smaller := _smaller(card, sheet):
        yield from fit_text(smaller.words, sheet)
        yield smaller.card
        if smaller.question:
            yield from fit_choice(smaller.question, sheet)
    else:
        yield from _apart(card, sheet)


def fit_carousel(carousel: Carousel, sheet: Sheet) -> Iterator[Part]:
    """Cards side by side, as many at a time as go; else one after the other; else words."""
    can = sheet.can
    if Carousel in can.parts and can.cards:
        yield from _side_by_side(carousel, sheet)
    elif RichCard in can.parts or any(_has_form(card, can) for card in carousel.cards):
        if RichCard not in can.parts:
            sheet.note(Change.CARD_APART)
        yield from fit_text(carousel.text, sheet)
        yield from _one_by_one(carousel.cards, sheet)
    else:
        sheet.note(Change.IN_WORDS, part=tag_of(carousel))
        first = sheet.counted + 1
        yield from fit_text(in_words(carousel, sheet.language, first=first), sheet)


def takes_card(card: RichCard, can: Capabilities) -> bool:
    """May this card be shown here as it is?"""
    return (
        RichCard in can.parts
        and 0 < size(card.title, can.unit) <= can.card_title
        and size(card.text, can.unit) <= can.card_text
        and (card.image is None or takes_file(card.image, can))
        and _takes_buttons(card.options, can)
    )


def _takes_buttons(options: tuple[Option, ...], can: Capabilities) -> bool:
    few = len(options) <= can.card_options and not any(option.hint for option in options)
    return not options or (few and options_fit(options, can))


# --- smaller ----------------------------------------------------------------


def _smaller(card: RichCard, sheet: Sheet) -> _Smaller | None:
    """None where nothing would be left that words cannot show as well."""
    can = sheet.can
    image = card.image if card.image and takes_file(card.image, can) else None
    options = tuple(option for option in card.options if can.links or not option.url)
    buttons = options if _takes_buttons(options, can) else ()
    title = shortened(card.title, can.card_title, can.unit)
    if RichCard not in can.parts or not title or not (image or buttons):
        return None
    text = shortened(card.text, can.card_text, can.unit)
    asked = tuple(option for option in options if not buttons)
    links = numbered([option for option in card.options if option not in options])
    picture = (card.image.caption, card.image.url) if card.image and not image else ()
    whole = (card.title, card.text) if (title, text) != (card.title, card.text) else ()
    if whole:
        sheet.note(Change.CARD_SHORTENED)
    if asked:
        sheet.note(Change.OPTIONS_APART)
    if len(options) < len(card.options):
        sheet.note(Change.LINKS_IN_WORDS)
    if card.image and not image:
        sheet.note(Change.LINKED, name=card.image.name or card.image.mime)
    small = RichCard(title, text, image, buttons)
    return _Smaller(small, lines([*whole, *picture, *links]), _question(card.title, asked))


def _question(title: str, asked: tuple[Option, ...]) -> Choice | None:
    return Choice(title, asked) if asked else None


# --- side by side -----------------------------------------------------------


class _Row(msgspec.Struct):
    """A carousel while it is fitted: what goes ahead, its cards, what follows."""

    ahead: list[str]
    cards: list[RichCard] = []
    after: list[Part] = []


def _side_by_side(carousel: Carousel, sheet: Sheet) -> Iterator[Part]:
    can = sheet.can
    kept = carousel.text if size(carousel.text, can.unit) <= can.carousel_text else ""
    if carousel.text and not kept:
        sheet.note(Change.WORDS_AHEAD)
    row = _Row(["" if kept else carousel.text])
    lone = msgspec.structs.replace(can, parts=can.parts | {RichCard})
    inner = Sheet(lone, sheet.language, sheet.notes, sheet.counted)
    for card in carousel.cards:
        _put(card, row, inner)
        inner.counted += how_many(card)
    yield from fit_text("\n\n".join(filter(None, row.ahead)), sheet)
    yield from _in_rows(row.cards, kept, sheet)
    yield from row.after


def _put(card: RichCard, row: _Row, sheet: Sheet) -> None:
    if takes_card(card, sheet.can):
        row.cards.append(card)
    elif smaller := _smaller(card, sheet):
        row.ahead.append(smaller.words)
        row.cards.append(smaller.card)
        row.after += fit_choice(smaller.question, sheet) if smaller.question else ()
    else:
        row.after += _apart(card, sheet)


def _in_rows(cards: Sequence[RichCard], text: str, sheet: Sheet) -> Iterator[Part]:
    """Rows of nearly the same length: a last one of a single card looks forgotten."""
    count = -(-len(cards) // sheet.can.cards)
    if count > 1:
        sheet.note(Change.CARDS_SPLIT, pieces=count)
    for n in range(count):
        row = tuple(cards[n * len(cards) // count : (n + 1) * len(cards) // count])
        yield Carousel(row, text if n == 0 else "")
    if text and not cards:
        yield from fit_text(text, sheet)


# --- apart ------------------------------------------------------------------


def _one_by_one(cards: Sequence[RichCard], sheet: Sheet) -> Iterator[Part]:
    counted = sheet.counted
    for card in cards:
        yield from fit_card(card, sheet)
        sheet.counted += how_many(card)
    sheet.counted = counted


def _apart(card: RichCard, sheet: Sheet) -> Iterator[Part]:
    """Its picture with its words, or its picture and then its question."""
    words = lines([card.title, card.text])
    if not card.image or not takes_file(card.image, sheet.can):
        picture = (card.image.caption, card.image.url) if card.image else ()
        sheet.note(Change.CARD_APART)
        yield from fit_choice(Choice(lines([words, *picture]), card.options), sheet)
        return
    sheet.note(Change.CARD_APART)
    question = without_links(Choice(words, card.options), sheet)
    if takes_choice(question, sheet.can):
        yield from fit_media(card.image, sheet)
        yield question
        return
    told = in_words(question, first=sheet.counted + 1)
    if question.options:
        sheet.note(Change.NUMBERED)
    caption = lines([told, card.image.caption])
    yield from fit_media(msgspec.structs.replace(card.image, caption=caption), sheet)


def _has_form(card: RichCard, can: Capabilities) -> bool:
    """Is there more to it than words?"""
    pictured = card.image is not None and takes_file(card.image, can)
    return pictured or (bool(card.options) and takes_options(card.options, can))
