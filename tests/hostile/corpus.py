"""All hostile items, each with a number of its own."""

from __future__ import annotations

from collections.abc import Iterator

from tests.hostile import mails, markup, messages
from tests.hostile.items import Item, mark

# Marks at the end of these pieces are swallowed by what stands open before them.
PAGE = 36  # items of one sender: they stand on one page of the thread


def corpus() -> list[Item]:
    return [*_markup(), *_mails(1000), *_messages(2000)]


def _markup() -> Iterator[Item]:
    for number, (family, piece) in enumerate(markup.pieces()):
        raw = mails.html(piece, number).replace(b"markup", b"markup%d" % (number // PAGE))
        whole = f"<p>{mark(number)}</p>{piece}<p>{mark(number, 'b')}</p>"
        shows = (mark(number), mark(number, "b"))
        yield Item(number, family, "email", raw, shows, whole, f"markup{number // PAGE}")


def _mails(first: int) -> Iterator[Item]:
    for number, (family, letter) in enumerate(mails.letters(), first):
        group = f"{family}{(number - first) // PAGE}"
        shows = (mark(number),) if letter.shows and b"{mark}" in letter.body else ()
        alone = "" if letter.sender else group
        yield Item(number, family, "email", letter.raw(number, group), shows, "", alone)


def _messages(first: int) -> Iterator[Item]:
    number = first
    for turn, words in enumerate(messages.WORDS):
        for kind, body, shown in messages.turns(number, words, sender=turn // 4):
            shows = (mark(number),) if shown else ()
            yield Item(number, "chat", kind, body, shows, "", f"eve-{turn // 4:04d}")
            number += 1
