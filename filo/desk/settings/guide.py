"""A connector's GUIDE.md as HTML, and its steps one by one.

Headings, lists, tables, paragraphs, code, bold, links; nothing more. Below `## Step by step` stand
the steps, `### 1. Title`. A step may end in lines that Filo reads: ``Paste:`` (settings that
are typed there), ``Copy:`` (what the provider wants from us: `hook`, or a secret that we made),
``Press: `register`.``, and ``Try:`` (`check`, or `message`), which tick the step by themselves.
``Only:`` names the values of the card's deciding setting for which the step is there at all.
`GUIDE.it.md` holds the same steps in Italian, without those lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.resources import files

import msgspec
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from filo.channels import registry

ITEM = re.compile(r"(?:[-*]|(\d+)\.) +(.*)")
STEP = re.compile(r"^### (\d+)\. (.+)$", re.MULTILINE)
SECTION = re.compile(r"^## ", re.MULTILINE)
MARK = re.compile(r"^(Paste|Copy|Press|Try|Only): (`.+`)\.$", re.MULTILINE)
NAME = re.compile(r"`([a-z0-9_]+)`")
BLANK = re.compile(r"\n\s*\n")
MARKS = (
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
    (re.compile(r"\*\*([^*]+)\*\*"), r"<b>\1</b>"),
    (re.compile(r"(?<![\w*])\*([^*\n]+)\*(?![\w*])"), r"<em>\1</em>"),
    (re.compile(r"\[([^\]]+)\]\((https://[^)\s]+)\)"), r'<a class="plain-link" href="\2">\1</a>'),
)


class Step(msgspec.Struct, frozen=True):
    """One step: what to do, and what Filo has to do with it."""

    number: str
    title: str
    body: SafeString
    paste: tuple[str, ...] = ()
    copy: tuple[str, ...] = ()
    press: str = ""
    tries: str = ""
    only: tuple[str, ...] = ()


class Guide(msgspec.Struct, frozen=True):
    """Before the steps, the steps, and what else there is to know."""

    intro: SafeString
    steps: tuple[Step, ...]
    rest: SafeString


@cache
def guide(kind: str, language: str = "en") -> Guide:
    """The guide of a kind in a language; what is not translated stays English."""
    whole = _read(kind, "GUIDE.md")
    own = _read(kind, f"GUIDE.{language}.md") if language != "en" else ""
    intro, steps, rest = _cut(whole)
    if not own:
        return Guide(_html(intro), _steps(steps, steps), _html(rest))
    said, translated, _ = _cut(own)
    return Guide(_html(said), _steps(steps, translated), _html(f"{_titleless(intro)}\n\n{rest}"))


def chosen(kind: str, given: Mapping[str, str], language: str = "en") -> Guide:
    """The guide with the steps that count as the settings stand."""
    told, value = guide(kind, language), registry.connector(kind).card.chosen(given)
    steps = tuple(one for one in told.steps if not one.only or value in one.only)
    return msgspec.structs.replace(told, steps=steps)


def placed(body: SafeString, *, channel: str, origin: str) -> SafeString:
    """The words of a step with this channel's own id and address in the examples."""
    told = body.replace("chn_…", channel).replace("{channel}", channel)
    return SafeString(told.replace("https://care.example.com", escape(origin)))


def _read(kind: str, name: str) -> str:
    page = files(import_module(registry.package(kind))) / name
    return page.read_text("utf-8") if page.is_file() else ""


def _cut(text: str) -> tuple[str, str, str]:
    """What stands before the section with steps, that section, and what comes after it."""
    first = STEP.search(text)
    if first is None:
        return text, "", ""
    begin = text.rfind("\n## ", 0, first.start())
    end = SECTION.search(text, first.end())
    stop = end.start() if end else len(text)
    return text[: max(begin, 0)], text[first.start() : stop], text[stop:]


def _titleless(intro: str) -> str:
    return intro.partition("\n")[2] if intro.startswith("# ") else intro


def _steps(marked: str, told: str) -> tuple[Step, ...]:
    """The steps in the words of `told`, with the marks of `marked`."""
    marks = {number: dict(MARK.findall(body)) for number, _, body in _pieces(marked)}
    return tuple(
        Step(
            number,
            title.strip(),
            _html(MARK.sub("", body)),
            paste=_names(marks.get(number, {}).get("Paste", "")),
            copy=_names(marks.get(number, {}).get("Copy", "")),
            press="".join(_names(marks.get(number, {}).get("Press", ""))),
            tries="".join(_names(marks.get(number, {}).get("Try", ""))),
            only=_names(marks.get(number, {}).get("Only", "")),
        )
        for number, title, body in _pieces(told)
    )


def _pieces(text: str) -> list[tuple[str, str, str]]:
    cut = STEP.split(text)[1:]
    return list(zip(cut[::3], cut[1::3], cut[2::3], strict=True))


def _names(marks: str) -> tuple[str, ...]:
    return tuple(NAME.findall(marks))


def _html(text: str) -> SafeString:
    return mark_safe("\n".join(_blocks(text)))  # noqa: S308 -- escaped in _words


def _blocks(text: str) -> Iterator[str]:
    fenced = text.split("```")
    for position, piece in enumerate(fenced):
        if position % 2:
            yield f"<pre><code>{escape(piece.partition(chr(10))[2].strip())}</code></pre>"
            continue
        for block in BLANK.split(piece):
            if block.strip():
                yield _block(block.strip())


def _block(block: str) -> str:
    if block.startswith("#"):
        level = min(len(block) - len(block.lstrip("#")) + 1, 4)
        return f"<h{level}>{_words(block.lstrip('# '))}</h{level}>"
    if block.startswith("|"):
        return _table(block)
    if found := ITEM.match(block):
        tag = "ol" if found[1] else "ul"
        items = "".join(f"<li>{_words(item)}</li>" for item in _items(block))
        return f"<{tag}>{items}</{tag}>"
    return f"<p>{_words(block)}</p>"


def _table(block: str) -> str:
    rows = [line.strip().strip("|").split("|") for line in block.splitlines()]
    head = "".join(f"<th>{_words(cell)}</th>" for cell in rows[0])
    lines = "".join(
        "<tr>" + "".join(f"<td>{_words(cell)}</td>" for cell in row) + "</tr>" for row in rows[2:]
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"


def _items(block: str) -> Iterator[str]:
    """Lines that begin with no mark go on with the item before."""
    item = ""
    for line in block.splitlines():
        if found := ITEM.match(line.strip()):
            if item:
                yield item
            item = found[2]
        else:
            item = f"{item} {line.strip()}"
    yield item


def _words(text: str) -> str:
    safe = str(escape(" ".join(text.split())))
    for mark, tag in MARKS:
        safe = mark.sub(tag, safe)
    return safe
