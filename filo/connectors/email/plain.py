"""The words of an HTML mail, with the quoted older mail told apart by its markup."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import nh3

TAGS = frozenset(
    {
        "a",
        "p",
        "div",
        "br",
        "hr",
        "span",
        "b",
        "i",
        "u",
        "em",
        "strong",
        "ul",
        "ol",
        "li",
        "table",
        "tr",
        "td",
        "th",
        "tbody",
        "thead",
        "blockquote",
        "pre",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "font",
        "center",
        "section",
        "article",
        "header",
        "footer",
        "img",
    }
)
DROPPED = frozenset({"script", "style", "head", "title", "template", "noscript", "svg", "math"})
BLOCKS = frozenset(
    {
        "p",
        "div",
        "ul",
        "ol",
        "table",
        "tr",
        "blockquote",
        "pre",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "section",
        "article",
    }
)
VOID = frozenset({"br", "hr", "img"})

# How mail programs mark what they quote: Gmail, Apple and Thunderbird, Yahoo, Proton, Zimbra.
QUOTE_CLASSES = frozenset(
    {
        "gmail_quote",
        "gmail_extra",
        "moz-cite-prefix",
        "yahoo_quoted",
        "protonmail_quote",
        "zmail_extra",
        "filo-quote",
    }
)
# Outlook marks only where the older mail begins: all that follows is quoted.
QUOTE_FROM = frozenset({"divrplyfwdmsg", "appendonsend", "x_divrplyfwdmsg", "olk_src_body_section"})
QUOTE_MARK = re.compile(
    r"<[a-z][a-z0-9]{0,20}\s[^<>]{0,500}?(?:class\s*=\s*[\"']?[^\"'<>]{0,200}?\b(?:"
    + "|".join(sorted(QUOTE_CLASSES))
    + r")\b|id\s*=\s*[\"']?(?:"
    + "|".join(sorted(QUOTE_FROM))
    + r")\b|type\s*=\s*[\"']?cite\b)",
    re.IGNORECASE,
)
LONGEST = 1_000_000
DEEPEST = 500  # browsers stop at 512; cleaning takes time for every tag that is still open
TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)
CLOSED_BY_THE_NEXT = frozenset(
    {"p", "li", "td", "th", "tr", "dt", "dd", "option", "br", "hr", "img"}
    | {"input", "meta", "link", "area", "base", "col", "embed", "source", "wbr"}
)


def told_apart(html: str) -> tuple[str, str]:
    """What the person wrote now, and the older mail below it."""
    reader = _Reader()
    # nh3 closes and nests the tags, so that the reader below takes linear time.
    reader.feed(
        nh3.clean(
            html[:LONGEST],
            tags=set(TAGS),
            clean_content_tags=set(DROPPED),
            attributes={"*": {"class", "id", "type"}},
            link_rel=None,
        )
    )
    reader.close()
    return tidy("".join(reader.fresh)), tidy("".join(reader.quoted))


def is_bomb(html: str) -> bool:
    """Is it nested so deep that showing it would only cost time?"""
    depth = 0
    for tag in TAG.finditer(html):
        if tag[2].lower() not in CLOSED_BY_THE_NEXT:
            depth = max(0, depth - 1) if tag[1] else depth + 1
        if depth > DEEPEST:
            return True
    return False


def stripped(html: str) -> str:
    """The letters of a bomb, roughly."""
    return tidy(unescape(re.sub(r"<[^<>]*>", " ", html[:LONGEST])))


def cut_of(html: str) -> int:
    """Where the older mail begins, when all new words stand before it; else 0."""
    mark = QUOTE_MARK.search(html[:LONGEST])
    if mark is None:
        return 0
    new = told_apart(html)[0]
    return mark.start() if new and told_apart(html[: mark.start()]) == (new, "") else 0


def tidy(text: str) -> str:
    lines = [" ".join(line.replace("\xa0", " ").split()) for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.fresh: list[str] = []
        self.quoted: list[str] = []
        self._open: list[bool] = []  # for each open tag: did a quote begin with it?
        self._quotes = 0
        self._rest = False

    @property
    def _out(self) -> list[str]:
        return self.quoted if self._quotes or self._rest else self.fresh

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        marks = {name: (value or "").lower() for name, value in attrs}
        self._rest = self._rest or marks.get("id", "") in QUOTE_FROM
        if tag in VOID:
            self._out.append("\n" if tag != "img" else "")
            return
        quotes = _begins_quote(tag, marks)
        self._open.append(quotes)
        self._quotes += quotes
        if tag in BLOCKS:
            self._out.append("\n")
        if tag == "li":
            self._out.append("\n- ")
        if tag in {"td", "th"}:
            self._out.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if tag in BLOCKS:
            self._out.append("\n\n" if tag == "p" else "\n")
        if self._open:
            self._quotes -= self._open.pop()

    def handle_data(self, data: str) -> None:
        self._out.append(data.replace("\r", "").replace("\n", " "))


def _begins_quote(tag: str, marks: dict[str, str]) -> bool:
    cited = tag == "blockquote" and marks.get("type") == "cite"
    return cited or not QUOTE_CLASSES.isdisjoint(marks.get("class", "").split())
