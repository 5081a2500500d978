"""What is new in a reply is shown; what it repeats is folded; no word is lost."""

from __future__ import annotations

import pytest

from filo.channels.contract import Html, Text
from filo.connectors.email.tests.mails import mail, said

NEW = "Sì, lo confermo."


@pytest.mark.parametrize(
    "quoted",
    [
        "Il giorno dom 22 nov 2026 alle 11:00 Brezza <s@brezza.example> ha scritto:\n> Vuole?",
        "Il giorno 22 nov 2026, alle ore 11:00, Brezza\n<s@brezza.example> ha scritto:\n\n> Vuole?",
        "On Sun, Nov 22, 2026 at 11:00 AM Brezza <s@brezza.example> wrote:\n> Want it?",
        "Am 22.11.2026 um 11:00 schrieb Brezza:\n> Wollen Sie?",
        "Le dim. 22 nov. 2026 à 11:00, Brezza <s@brezza.example> a écrit :\n> Vous voulez ?",
        "Da: Brezza <s@brezza.example>\nInviato: domenica 22 novembre 2026\nA: Anna\n"
        "Oggetto: Ordine\n\nVuole?",
        "-----Original Message-----\nFrom: Brezza\nSubject: Order\n\nWant it?",
        "> Vuole?\n> Ci dica.",
    ],
)
def test_the_older_mail_is_folded(quoted: str) -> None:
    (part,) = said(
        mail(f"Content-Type: text/plain; charset=utf-8\n\n{NEW}\n\n{quoted}".encode())
    ).parts
    assert isinstance(part, Html)
    assert (part.text, part.quoted) == (NEW, quoted)


@pytest.mark.parametrize(
    "text",
    [
        "Da: Roma\nA: Parigi\nData: 12 maggio\nVorrei cambiare.",
        "Il mio amico ha scritto: niente",
        "On Monday I fly.\nWhat now?",
        "From: Rome\nTo: Paris\nplease",
        "2 > 1",
        "> Parte alle 9?\nNo, alle 10.\n> E il bagaglio?\nCompreso.",
    ],
)
def test_words_that_only_look_like_an_older_mail_stay(text: str) -> None:
    assert said(mail(text.encode())).parts == (Text(text),)


def test_an_answer_below_the_quote_is_the_new_part() -> None:
    text = "On Sun, Nov 22, 2026 Brezza <s@b.example> wrote:\n> Want it?\n> Tell us.\n\nYes."
    (part,) = said(mail(text.encode())).parts
    assert isinstance(part, Html)
    assert (part.text, part.quoted) == ("Yes.", "> Want it?\n> Tell us.")


@pytest.mark.parametrize(
    "quote",
    [
        '<div class="gmail_quote"><div>On Sunday</div><blockquote>Want it?</blockquote></div>',
        '<blockquote type="cite">On Sunday<br>Want it?</blockquote>',
        '<div id="divRplyFwdMsg">On Sunday</div><div>Want it?</div>',
        '<div class="yahoo_quoted">On Sunday<p>Want it?</p></div>',
        '<div id="appendonsend"></div><hr><p>On Sunday</p>Want it?',
    ],
)
def test_html_tells_its_quote_by_its_marks(quote: str) -> None:
    html = f"<div>Yes, <b>please</b>.</div>{quote}"
    (part,) = said(mail(f"Content-Type: text/html\n\n{html}".encode())).parts
    assert isinstance(part, Html)
    assert part.text == "Yes, please."
    assert part.quoted.split() == ["On", "Sunday", "Want", "it?"]
    assert part.html == html


def test_words_and_html_that_are_spaced_apart_are_cut_all_the_same() -> None:
    raw = mail(
        b"Content-Type: multipart/alternative; boundary=b\n\n"
        b"--b\nContent-Type: text/plain\n\n*Yes*,\nplease.\n\nOn Sunday Brezza wrote:\n> Want it?\n"
        b"--b\nContent-Type: text/html\n\n<p><b>Yes</b>, please.</p>"
        b'<div class="gmail_quote">On Sunday Brezza wrote:<p>Want it?</p></div>\n--b--\n'
    )
    (part,) = said(raw).parts
    assert isinstance(part, Html)
    assert part.text == "*Yes*,\nplease."
    assert part.fresh == "<p><b>Yes</b>, please.</p>"


def test_a_forwarded_mail_is_not_hidden() -> None:
    html = '<div class="gmail_quote">---------- Forwarded message<br>Ciao</div>'
    (part,) = said(mail(f"Content-Type: text/html\n\n{html}".encode())).parts
    assert isinstance(part, Html)
    assert "Ciao" in part.text


@pytest.mark.parametrize(
    ("html", "fresh"),
    [
        ('<p>Sì</p><div class="x gmail_quote">Lei<p>Allora?</p></div>', "<p>Sì</p>"),
        ("<p>Sì</p><blockquote type=cite>Allora?</blockquote>", "<p>Sì</p>"),
        ('<p>Sì</p><div id="divRplyFwdMsg">Da</div><p>Allora?</p>', "<p>Sì</p>"),
        ('<div class="gmail_quote">Allora?</div><p>Sì</p>', ""),
        ("<p>Sì</p>", "<p>Sì</p>"),
    ],
)
def test_the_html_of_the_new_words_is_cut_out_where_that_is_sure(html: str, fresh: str) -> None:
    (part,) = said(mail(f"Content-Type: text/html; charset=utf-8\n\n{html}".encode())).parts
    assert isinstance(part, Html)
    assert part.text == "Sì"
    assert part.fresh == fresh
