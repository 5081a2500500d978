from __future__ import annotations

import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filo.core.cleaner import clean, plain, text_of
from filo.core.tests.hostile import HOSTILE

OURS = "https://files.example/a?x=1&y=2"
ALLOWED = {
    "a": {"href", "rel", "target"},
    "img": {"src", "alt", "width", "height"},
    "span": {"class"},
    "div": {"class"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
SAFE_STARTS = ("https://", "http://", "mailto:", "tel:")
NEVER = {"script", "style", "iframe", "object", "embed", "form", "input", "svg", "math", "base"}
NEVER |= {"meta", "link", "button", "video", "audio", "source", "template", "body", "area"}


class Reader(HTMLParser):
    """Reads HTML again, by another parser than the cleaner's, and complains."""

    def __init__(self) -> None:
        super().__init__()
        self.complaints: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag in NEVER:
            self.complaints.append(f"<{tag}>")
        for name, value in attrs:
            if name not in ALLOWED.get(tag, set()) | {"dir", "lang", "style"}:
                self.complaints.append(f"{tag}.{name}")
            if not self.is_fine(tag, name, value or ""):
                self.complaints.append(f"{tag}.{name}={value}")
        if tag == "a":
            self.complaints += [] if dict(attrs).get("target") == "_blank" else ["no target"]
            self.complaints += [] if "noopener" in (dict(attrs).get("rel") or "") else ["no rel"]

    def is_fine(self, tag: str, name: str, value: str) -> bool:
        if name == "href":
            return value.startswith(SAFE_STARTS)
        if name == "src":
            return value == OURS
        if name == "class":
            return value in {"blocked-image", "mail-heading"}
        return name != "style" or not set("(:\\@") & set(value.replace("text-align:", ""))

    def handle_comment(self, comment: str) -> None:
        self.complaints.append(f"comment {comment}")


def complaints(html: str) -> list[str]:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader.complaints


def own(cid: str) -> str | None:
    return OURS if cid == "known" else None


@pytest.mark.parametrize("hostile", HOSTILE)
def test_threat_11_nothing_that_acts_is_left(hostile: str) -> None:
    shown = clean(hostile, cid=own)

    assert complaints(shown) == []
    assert clean(shown, cid=own).count("<img") == 0


@pytest.mark.parametrize("hostile", HOSTILE)
def test_threat_11_cleaning_is_stable_when_it_is_parsed_again(hostile: str) -> None:
    once = clean(hostile)

    twice = clean(once)

    assert complaints(twice) == []
    assert text_of(twice) == text_of(once)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_stay_words_in_plain_text(hostile: str) -> None:
    reader = Reader()
    reader.feed(plain(hostile))
    reader.close()

    assert set(reader.tags) <= {"a", "br"}
    assert reader.complaints == []


def test_the_table_is_as_long_as_promised() -> None:
    assert len(set(HOSTILE)) >= 60


@given(st.lists(st.sampled_from(HOSTILE), min_size=2, max_size=5), st.data())
def test_hostile_pieces_do_no_harm_together(pieces: list[str], draw: st.DataObject) -> None:
    cuts = [piece[: draw.draw(st.integers(1, len(piece)))] for piece in pieces]

    assert complaints(clean("".join(cuts), cid=own)) == []
    assert complaints(plain("".join(cuts))) == []


def test_a_mail_keeps_its_shape() -> None:
    mail = (
        "<p style='text-align: center; color: red'>Dear <b>Brezza</b>,</p>"
        "<ul><li>one</li><li>two</li></ul><table><tr><td colspan=2>x</td></tr></table>"
        "<blockquote>before</blockquote>"
    )

    assert clean(mail) == (
        '<p style="text-align:center">Dear <b>Brezza</b>,</p>'
        "<ul><li>one</li><li>two</li></ul>"
        '<table><tbody><tr><td colspan="2">x</td></tr></tbody></table>'
        "<blockquote>before</blockquote>"
    )


def test_links_open_elsewhere_and_tell_nothing() -> None:
    assert clean("<a href='https://a.example/?b=1&c=2' rel=opener target=_top>x</a>") == (
        '<a href="https://a.example/?b=1&amp;c=2" target="_blank"'
        ' rel="noopener noreferrer nofollow">x</a>'
    )


def test_a_picture_from_elsewhere_becomes_its_description() -> None:
    assert clean("<img src=https://shop.example/a.png alt='Your &lt;ticket>'>") == (
        '<span class="blocked-image">Your &lt;ticket&gt;</span>'
    )
    assert clean("<img src=https://shop.example/a.png>") == (
        '<span class="blocked-image">shop.example</span>'
    )


def test_a_tracking_pixel_leaves_nothing() -> None:
    assert clean("a<img src=https://t.example/p.gif width=1 height=1 alt=x>b") == "ab"


def test_a_picture_inside_the_mail_comes_from_us() -> None:
    shown = clean("<img src='cid:known' width=20><img src='CID:other' alt=lost>", cid=own)

    assert 'src="https://files.example/a?x=1&amp;y=2"' in shown
    assert 'alt=""' in shown
    assert shown.endswith('<span class="blocked-image">lost</span>')


def test_a_picture_of_ours_may_have_a_path_for_address() -> None:
    assert 'src="/files/t/a.png"' in clean("<img src=cid:a>", cid=lambda _: "/files/t/a.png")


def test_headings_of_a_mail_are_no_headings_of_the_page() -> None:
    assert clean("<h1>Offer</h1>") == '<div class="mail-heading">Offer</div>'


@pytest.mark.parametrize(
    "costly",
    [
        "<div>" * 100_000,
        "<div>" * 9_900 + "</p>" * 9_900,
        "".join(f"<b a={n} c='<'>" for n in range(5_000)) + "<p>x</p>" * 4_900,
        "<svg><p>" * 50_000,
        "<!--" * 250_000,
        "<" * 1_000_000,
        "<a href='" * 100_000,
        "<b " * 9_999 + "x" * 900_000,
        ("http://x" + ")" * 1_900 + " ") * 500,
        "a@" * 400_000,
    ],
)
def test_threat_30_no_mail_costs_more_than_seconds(costly: str) -> None:
    begun = time.process_time()

    clean(costly)
    text_of(costly)
    plain(costly)

    assert time.process_time() - begun < 10


def test_a_mail_too_tangled_to_parse_still_shows_its_words() -> None:
    tangled = "<p>Hello &amp; <b>welcome</b>" + "<div>" * 20_000 + "<script>x()</script>bye"

    assert complaints(clean(tangled)) == []
    assert "Hello &amp;" in clean(tangled)
    assert "bye" in text_of(tangled)


def test_the_words_of_a_mail_are_lines() -> None:
    html = (
        "<title>t</title><style>p{}</style><p>Ciao <b>Ada</b>,<br>il volo &lt;BZ 12&gt;</p>"
        "<table><tr><td>Milano</td><td>Roma</td></tr></table><script>x()</script><div> </div>fine"
    )

    assert text_of(html) == "Ciao Ada,\nil volo <BZ 12>\nMilano Roma\nfine"


def test_plain_words_get_their_links_and_lines() -> None:
    link = 'rel="noopener noreferrer nofollow" target="_blank"'

    assert plain("see (https://e.example/a_(b)), <b>\r\nada@brezza.example.") == (
        f'see (<a href="https://e.example/a_(b)" {link}>https://e.example/a_(b)</a>),'
        " &lt;b&gt;<br>\n"
        f'<a href="mailto:ada@brezza.example" {link}>ada@brezza.example</a>.'
    )


@pytest.mark.parametrize("words", ["javascript:alert(1)", "xhttps//a", "@", "a@b", "www.a.example"])
def test_what_is_no_address_is_no_link(words: str) -> None:
    assert plain(words) == words


def test_threat_32_control_characters_do_not_reach_the_page() -> None:
    assert plain("a\x1b]0;owned\x07b\x00c") == "a]0;ownedbc"


def test_words_behind_plaintext_are_shown() -> None:
    """It swallows all that follows in a browser; a mail program shows those words."""
    assert clean("<p>one</p><svg><desc><plaintext></svg><p>two</p>").count("two") == 1
    assert text_of("<p>one</p><svg><desc><plaintext></svg><p>two</p>") == "one\ntwo"


def test_a_link_ends_before_a_mark_that_turns_letters_round() -> None:
    shown = plain("https://evil.example\u202emoc.azzerb//:sptth")

    assert 'href="https://evil.example"' in shown
