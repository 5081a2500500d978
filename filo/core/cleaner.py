"""The one cleaner: what others wrote becomes HTML that is safe to show, or text to search.

Called at output, in both directions. What comes out was written by nh3, never pasted together:
our own changes (blocked images, headings) are made between two cleanings.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape
from urllib.parse import urlsplit

import nh3

LONGEST = 1_000_000  # characters of one body that we look at
# HTML parsers are quadratic in the depth of open tags (100,000 open divs took 68 s), and copy
# every open formatting tag that differs from the others into every block. So both are bounded.
MOST_TAGS = 10_000
OPENING = re.compile(r"<[a-zA-Z]")
FORMATTING = re.compile(
    r"<(b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[ \t\n\f\r/][^>]{0,5000}>",
    re.IGNORECASE,
)
# It cannot be closed: all that follows would be swallowed, though a mail program shows it.
PLAINTEXT = re.compile(r"</?plaintext(?=[\s/>])[^>]{0,5000}>", re.IGNORECASE)
LINKS = {"http", "https", "mailto", "tel"}
REL = "noopener noreferrer nofollow"
BLOCKS = {
    *("address", "article", "aside", "blockquote", "center", "dd", "div", "dl", "dt"),
    *("figcaption", "figure", "footer", "header", "hr", "li", "ol", "p", "pre", "section"),
    *("table", "tr", "ul", "h1", "h2", "h3", "h4", "h5", "h6"),
}
TAGS = BLOCKS | {
    *("a", "abbr", "b", "bdi", "bdo", "br", "caption", "cite", "code", "col", "colgroup"),
    *("del", "dfn", "em", "i", "img", "ins", "kbd", "mark", "q", "s", "samp", "small"),
    *("span", "strike", "strong", "sub", "sup", "tbody", "td", "tfoot", "th", "thead"),
    *("tt", "u", "var", "wbr"),
}
# Unknown tags lose their tag and keep their words; these lose their words too.
SILENCED = {"script", "style", "title", "template", "noscript", "noembed", "noframes", "iframe"}
ATTRIBUTES = {
    "*": {"dir", "lang", "style"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
STYLES = re.compile(
    r"text-align:(left|right|center|justify|start|end)"
    r"|font-weight:(bold|bolder|normal|[1-9]00)"
    r"|font-style:(italic|normal)"
    r"|text-decoration:(underline|line-through|none)"
)
BLOCKED_IMAGE = "blocked-image"
MAIL_HEADING = "mail-heading"
# nh3 writes every attribute in double quotes, so a whole tag can be taken with what it quotes.
TAG = re.compile(r'<(/?)([a-z0-9]+)((?: [a-z-]+="[^"]*")*)>')
MARKUP = re.compile(r"<[^<>]*>")
ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')

Cid = Callable[[str], str | None]


def clean(html: str, *, cid: Cid = lambda _: None) -> str:
    """Safe HTML. `cid` gives the address of an image that came inside the mail, or None.

    Pictures from elsewhere would tell their sender that the mail was read: they become a
    `span.blocked-image` with their description; headings become `div.mail-heading`.
    """
    ours: set[str] = set()

    def only_ours(tag: str, name: str, value: str) -> str | None:
        if (tag, name) == ("img", "src"):
            return value if value in ours else None
        return _attribute(tag, name, value)

    html = html[:LONGEST]
    if _is_tangled(html):
        return plain(_words(html))
    tame = nh3.clean(
        _tamed(html),
        tags=TAGS,
        attributes=ATTRIBUTES,
        clean_content_tags=SILENCED,
        attribute_filter=_attribute,
        url_schemes=LINKS | {"cid"},
        url_relative="deny",
        link_rel=None,
    )
    return nh3.clean(
        TAG.sub(lambda tag: _rewritten(tag, cid, ours), tame),
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=only_ours,
        url_schemes=LINKS,
        url_relative=lambda address: address if address in ours else None,
        allowed_classes={"span": {BLOCKED_IMAGE}, "div": {MAIL_HEADING}},
        set_tag_attribute_values={"a": {"target": "_blank"}},
        link_rel=REL,
    )


def text_of(html: str) -> str:
    """The words of an HTML body, one block a line: for search, previews and bots."""
    html = html[:LONGEST]
    if _is_tangled(html):
        return _words(html)
    tame = nh3.clean(
        _tamed(html),
        tags=BLOCKS | {"br", "td", "th"},
        attributes={},
        clean_content_tags=SILENCED,
        link_rel=None,
    )
    lines = re.sub(r"\s+", " ", tame)
    lines = re.sub(r"</?t[dh]>", " ", lines)
    lines = unescape(re.sub(r"<[^>]*>", "\n", lines))
    return "\n".join(line for line in (" ".join(row.split()) for row in lines.split("\n")) if line)


# A link ends before the punctuation that closes the sentence around it, and before a mark that
# would show its letters in another order.
LINK = re.compile(
    r"(?P<web>\bhttps?://[^\s<>\"'`{}|\\^\u200b-\u200f\u202a-\u202e\u2066-\u2069]{1,2000})"
    r"|(?P<mail>\b[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}\b)"
)
CONTROLS = {number: None for number in range(32) if chr(number) not in "\n\t"} | {127: None}


def plain(text: str) -> str:
    """Words as safe HTML: escaped, lines kept, addresses made into links."""
    text = text[:LONGEST].replace("\r\n", "\n").replace("\r", "\n").translate(CONTROLS)
    written, done = [], 0
    for found in LINK.finditer(text):
        link = _without_tail(found[0])
        written += [escape(text[done : found.start()]), _link(link, mail=bool(found["mail"]))]
        done = found.start() + len(link)
    written.append(escape(text[done:]))
    return "".join(written).replace("\n", "<br>\n")


def _link(link: str, *, mail: bool) -> str:
    address = f"mailto:{link}" if mail else link
    return f'<a href="{escape(address)}" rel="{REL}" target="_blank">{escape(link)}</a>'


def _without_tail(link: str) -> str:
    end, unopened = len(link), link.count(")") - link.count("(")
    while link[end - 1] in ".,;:!?*_]" or (link[end - 1] == ")" and unopened > 0):
        end -= 1
        unopened -= link[end] == ")"
    return link[:end]


def _tamed(html: str) -> str:
    return FORMATTING.sub(r"<\1>", PLAINTEXT.sub("", html))


def _is_tangled(html: str) -> bool:
    return len(OPENING.findall(html)) > MOST_TAGS or html.count("</") > MOST_TAGS


def _words(html: str) -> str:
    """The words of something that is too costly to parse."""
    return "\n".join(" ".join(row.split()) for row in unescape(MARKUP.sub("\n", html)).split("\n"))


def _attribute(tag: str, name: str, value: str) -> str | None:
    match name:
        case "style":
            declared = (part.replace(" ", "").lower() for part in value.split(";"))
            return ";".join(part for part in declared if STYLES.fullmatch(part)) or None
        case "href":
            return None if value.lower().startswith("cid:") else value
        case "width" | "height" | "start" | "colspan" | "rowspan":
            return value if re.fullmatch(r"[0-9]{1,4}", value) else None
        case _:
            return value


def _rewritten(tag: re.Match[str], cid: Cid, ours: set[str]) -> str:
    close, name, attributes = tag.groups()
    if re.fullmatch("h[1-6]", name):
        return "</div>" if close else f'<div class="{MAIL_HEADING}">'
    if name != "img":
        return tag[0]
    image = dict(ATTRIBUTE.findall(attributes))
    source = unescape(image.get("src", ""))
    address = cid(source[4:].strip("<> ")) if source.lower().startswith("cid:") else None
    if address is None:
        return _placeholder(image)
    ours.add(address)
    image = {"alt": "", **image, "src": escape(address)}
    return "<img " + " ".join(f'{name}="{value}"' for name, value in image.items()) + ">"


def _placeholder(image: dict[str, str]) -> str:
    """What stands where a picture was; a tracking pixel leaves nothing behind."""
    if image.get("width") in {"0", "1"} or image.get("height") in {"0", "1"}:
        return ""
    words = image.get("alt", "").strip() or escape(_host(unescape(image.get("src", ""))))
    return f'<span class="{BLOCKED_IMAGE}">{words}</span>' if words else ""


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
