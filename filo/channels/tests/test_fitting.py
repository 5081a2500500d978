from __future__ import annotations

import string
from collections.abc import Sequence
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from filo.channels.contract import (
    Bundle,
    Capabilities,
    Choice,
    Contact,
    Html,
    Location,
    Media,
    Native,
    Option,
    Part,
    Spoken,
    Text,
)
from filo.channels.fitting import Change, Note, fit

PICTURES = Capabilities(
    text=100,
    parts=frozenset({Text, Media, Choice}),
    caption=10,
    bare=frozenset({"audio/*"}),
    question=20,
    options=3,
    label=8,
    media={"image/*": 1000, "audio/*": 1000},
    window=timedelta(hours=24),
)

words = st.text(string.ascii_letters + " \n", min_size=1, max_size=200)
labels = st.text(string.ascii_letters, min_size=1, max_size=30)
options = st.lists(st.builds(Option, labels, labels, words | st.just("")), min_size=1, max_size=12)
media = st.builds(
    Media,
    st.sampled_from(["image/png", "audio/ogg; codecs=opus", "application/pdf"]),
    st.just("https://x/y.png"),
    words | st.just(""),
    size=st.integers(0, 2000),
)
parts = st.one_of(
    st.builds(Text, words),
    media,
    st.builds(Choice, words, options.map(tuple)),
    st.builds(Contact, words, st.tuples(labels), st.tuples(labels)),
    st.builds(Native, labels, words),
    st.builds(Html, st.just(""), words),
)
capabilities = st.builds(
    Capabilities,
    text=st.integers(10, 300),
    parts=st.sets(st.sampled_from([Media, Choice, Contact, Native, Html])).map(
        lambda taken: frozenset(taken | {Text})
    ),
    caption=st.integers(0, 100),
    options=st.integers(0, 10),
    hint=st.integers(0, 100),
    media=st.sampled_from([{}, {"image/png": 1000}, {"*/*": 500}]),
)


@given(st.lists(parts, max_size=4), capabilities)
def test_whatever_we_say_fits_the_channel(message: list[Part], can: Capabilities) -> None:
    fitted = fit(message, can)

    assert all(type(part) in can.parts for part in fitted.parts)
    assert all(len(part.text) <= can.text for part in fitted.parts if isinstance(part, Text))
    assert all(part.size <= 1000 for part in fitted.parts if isinstance(part, Media))


@given(st.lists(parts, max_size=4), capabilities)
def test_no_word_is_lost_and_no_change_is_hidden(message: list[Part], can: Capabilities) -> None:
    fitted = fit(message, can)

    assert letters(fitted.parts) >= letters(message)
    assert fitted.notes or fitted.parts == tuple(message)


def letters(message: Sequence[Spoken]) -> int:
    return sum(c.isalpha() for part in message for c in told(part))


def told(part: Spoken) -> str:
    if isinstance(part, Bundle):
        return "".join(map(told, part.parts))
    match part:
        case Media():
            return part.caption
        case Choice():
            return part.text + "".join(o.label + o.hint for o in part.options)
        case Contact():
            return part.name + "".join(part.phones + part.emails)
        case Text() | Native() | Html():
            return part.text
        case Location():
            return part.name + part.address
        case _:
            raise AssertionError("made above: plain parts alone")


def test_a_question_with_too_many_answers_becomes_a_numbered_list() -> None:
    question = Choice("Seat?", tuple(Option(c, c) for c in "ABCD"))

    fitted = fit([question], PICTURES)

    assert fitted.parts == (Text("Seat?\n1. A\n2. B\n3. C\n4. D"),)
    assert fitted.notes == (Note(Change.NUMBERED),)


def test_a_question_that_fits_is_left_alone() -> None:
    question = Choice("Seat?", (Option("a", "Aisle"), Option("w", "Window")))
    assert fit([question], PICTURES).parts == (question,)


def test_two_answers_with_the_same_words_are_told_apart_by_number() -> None:
    question = Choice("Seat?", (Option("a", "Yes"), Option("b", "Yes")))
    assert fit([question], PICTURES).parts == (Text("Seat?\n1. Yes\n2. Yes"),)


def test_a_file_the_channel_does_not_take_becomes_a_link_under_its_caption() -> None:
    ticket = Media("application/pdf", "https://x/t.pdf", "Your ticket", "t.pdf")

    fitted = fit([ticket], PICTURES)

    assert fitted.parts == (Text("Your ticket\nhttps://x/t.pdf"),)
    assert fitted.notes == (Note(Change.LINKED, {"name": "t.pdf"}),)


def test_a_file_that_is_too_large_says_the_limit() -> None:
    fitted = fit([Media("image/png", "https://x/p.png", size=1001)], PICTURES)
    assert fitted.notes == (Note(Change.TOO_LARGE, {"name": "image/png", "limit": 1000}),)


def test_a_caption_that_is_too_long_follows_as_text() -> None:
    picture = Media("image/png", "https://x/p.png", "a caption of many words")

    fitted = fit([picture], PICTURES)

    assert fitted.parts == (Media("image/png", "https://x/p.png"), Text("a caption of many words"))


def test_a_voice_note_has_no_caption() -> None:
    voice = Media("audio/ogg; codecs=opus", "https://x/v.ogg", "listen")
    assert fit([voice], PICTURES).parts[1:] == (Text("listen"),)


def test_a_place_becomes_words_and_a_map() -> None:
    [place] = fit([Location(45.5, 9.25, "Linate")], PICTURES).parts
    assert place == Text("Linate\nhttps://www.openstreetmap.org/?mlat=45.500000&mlon=9.250000")


def test_formatted_text_is_told_plainly() -> None:
    page = Html("<head><title>x</title></head><p>Caff&egrave;</p><style>p{}</style>caldo<br>2")
    assert fit([page], PICTURES).parts == (Text("Caffè\ncaldo\n2"),)


def test_a_long_text_is_cut_between_paragraphs_when_it_can_be() -> None:
    fitted = fit([Text("a" * 60 + "\n\n" + "b" * 60)], PICTURES)

    assert fitted.parts == (Text("a" * 60), Text("b" * 60))
    assert fitted.notes == (Note(Change.SPLIT, {"pieces": 2}),)


def test_where_all_travels_together_it_is_one_bundle() -> None:
    mail = Capabilities(text=1000, parts=frozenset({Text, Media}), media={"*/*": 10}, bundles=True)
    picture = Media("image/png", "https://x/p.png")

    assert fit([Text("hello"), picture], mail).parts == (Bundle((Text("hello"), picture)),)
    assert fit([], mail).parts == ()


def test_the_same_note_is_told_once() -> None:
    question = Choice("?", ())
    assert fit([question, question], PICTURES).notes == (Note(Change.NUMBERED),)
