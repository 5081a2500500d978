"""Fit what every channel knows in some way: words, files, ready answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from filo.channels import cutting, marks
from filo.channels.changes import Change, Sheet
from filo.channels.contract import Capabilities, Choice, Media, Option, Part, Text
from filo.channels.cutting import size
from filo.channels.segments import segments
from filo.channels.wording import in_words, numbered

LEAST_QUESTION = 200  # room that is left for the question itself

# --- words ------------------------------------------------------------------


def fit_text(text: str, sheet: Sheet, *, marked: bool = False) -> Iterator[Text]:
    """The words in the channel's own writing, in as many pieces as it needs."""
    can = sheet.can
    if not marked and size(text, can.unit) <= can.text:
        yield from [Text(text)] if text else []
        return
    runs = tuple(marks.runs(text)) if marked else (marks.Run(text),)
    if any(run.marks - can.marks.keys() for run in runs):
        sheet.note(Change.PLAIN)
    kept = marked and bool(can.marks)

    def written(start: int, end: int) -> str:
        return marks.written(marks.sliced(runs, start, end), can.marks)

    def fits(start: int, end: int) -> bool:
        return size(written(start, end), can.unit) <= can.text

    plain = "".join(run.text for run in runs)
    pieces = [Text(written(*span), marked=kept) for span in cutting.spans(plain, can.text, fits)]
    if len(pieces) > 1:
        sheet.note(Change.SPLIT, pieces=len(pieces))
    yield from pieces


def note_segments(fitted: Sequence[Part], sheet: Sheet) -> None:
    """How many SMS all the words are, where that is more than one."""
    counts = [segments(part.text) for part in fitted if isinstance(part, Text)]
    count, dear = sum(one.count for one in counts), "".join(one.dear for one in counts)
    if count > 1 and dear:
        sheet.note(Change.DEAR, count=count, letters=" ".join(dict.fromkeys(dear)))
    elif count > 1:
        sheet.note(Change.SEGMENTS, count=count)


# --- files ------------------------------------------------------------------


def fit_media(media: Media, sheet: Sheet) -> Iterator[Part]:
    """The file, or where it can be had."""
    can = sheet.can
    limit = media_limit(media.mime, can)
    if limit is None:
        sheet.note(Change.LINKED, name=_title(media))
        yield from fit_text(_link(media), sheet)
    elif media.size > limit:
        sheet.note(Change.TOO_LARGE, name=_title(media), limit=limit)
        yield from fit_text(_link(media), sheet)
    elif media.caption and not takes_caption(media.mime, media.caption, can):
        sheet.note(Change.CAPTION_APART)
        yield msgspec.structs.replace(media, caption="")
        yield from fit_text(media.caption, sheet)
    else:
        yield media


def takes_file(media: Media, can: Capabilities) -> bool:
    """May this very file be sent here?"""
    limit = media_limit(media.mime, can)
    return limit is not None and media.size <= limit


def media_limit(mime: str, can: Capabilities) -> int | None:
    """Most bytes of a file of this type here; None when such files are not taken at all."""
    if Media not in can.parts:
        return None
    for pattern in _patterns(mime):
        if pattern in can.media:
            return can.media[pattern]
    return None


def takes_caption(mime: str, caption: str, can: Capabilities) -> bool:
    """May these words stand below a file of this type?"""
    bare = any(pattern in can.bare for pattern in _patterns(mime))
    return size(caption, can.unit) <= (0 if bare else can.caption)


def _patterns(mime: str) -> tuple[str, str, str]:
    plain = mime.partition(";")[0].strip().lower()
    return plain, f"{plain.partition('/')[0]}/*", "*/*"


def _title(media: Media) -> str:
    return media.name or media.mime


def _link(media: Media) -> str:
    return "\n".join(filter(None, [media.caption, media.url or _title(media)]))


# --- ready answers ----------------------------------------------------------


def fit_choice(choice: Choice, sheet: Sheet) -> Iterator[Part]:
    """A question of the channel's own, else words with numbers."""
    if not choice.options:
        sheet.note(Change.NUMBERED)
    choice = without_links(choice, sheet)
    if takes_choice(choice, sheet.can):
        yield choice
    elif not choice.options:
        yield from fit_text(choice.text, sheet)
    elif takes_options(choice.options, sheet.can) and choice.text.strip():
        yield from _long_question(choice, sheet)
    else:
        sheet.note(Change.NUMBERED)
        yield from fit_text(in_words(choice, first=sheet.counted + 1), sheet)


def without_links(choice: Choice, sheet: Sheet) -> Choice:
    """Answers that open a page as addresses in the words, where the channel opens none."""
    links = tuple(option for option in choice.options if option.url)
    if not links or (Choice in sheet.can.parts and sheet.can.links):
        return choice
    sheet.note(Change.LINKS_IN_WORDS)
    return msgspec.structs.replace(
        choice,
        text="\n".join(filter(None, [choice.text, *numbered(links)])),
        options=tuple(option for option in choice.options if not option.url),
    )


def _long_question(choice: Choice, sheet: Sheet) -> Iterator[Part]:
    """The words go ahead; what is asked stays with its answers."""
    room = _longest_question(choice.options, sheet.can)
    *ahead, asked = cutting.split(choice.text, room, sheet.can.unit)
    sheet.note(Change.SPLIT, pieces=len(ahead) + 1)
    for piece in ahead:
        yield from fit_text(piece, sheet)
    yield msgspec.structs.replace(choice, text=asked)


def takes_choice(choice: Choice, can: Capabilities) -> bool:
    """May this question be asked here as it is?"""
    length = size(choice.text, can.unit)
    longest = _longest_question(choice.options, can)
    return 0 < length <= longest and takes_options(choice.options, can)


def takes_options(options: tuple[Option, ...], can: Capabilities) -> bool:
    """May these be the ready answers of a question?"""
    return (
        Choice in can.parts
        and len(options) <= can.options
        and options_fit(options, can)
        and all(size(option.hint, can.unit) <= can.hint for option in options)
        and min(LEAST_QUESTION, can.text) <= can.text - _weight(options, can)
    )


def _weight(options: tuple[Option, ...], can: Capabilities) -> int:
    """What the answers add to the question, where their hints and addresses stand in it."""
    if not can.inline or not any(option.hint or option.url for option in options):
        return 0
    told = ("".join((one.label, one.hint, one.url)) for one in options)
    return sum(can.inline + size(words, can.unit) for words in told)


def ahead(text: str, sheet: Sheet, *, most: int) -> tuple[list[str], str]:
    """What must go before a part whose words are longer than it may have, and what stays in it."""
    if size(text, sheet.can.unit) <= most:
        return [], text
    pieces = cutting.split(text, most, sheet.can.unit)
    sheet.note(Change.SPLIT, pieces=len(pieces))
    return pieces[:-1], "".join(pieces[-1:])


def options_fit(options: tuple[Option, ...], can: Capabilities) -> bool:
    """Do they have labels that can be told apart, and open no page where none can be opened?"""
    labels = [option.label for option in options]
    return (
        bool(labels)
        and len(set(labels)) == len(labels)
        and all(0 < size(label, can.unit) <= can.label for label in labels)
        and (can.links or not any(option.url for option in options))
    )


def _longest_question(options: tuple[Option, ...], can: Capabilities) -> int:
    return min(can.question or can.text, can.text - _weight(options, can))
