"""Our answers as mails, and what a mail server's answer means."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from email import message_from_bytes, policy
from email.message import EmailMessage

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filo.channels.contract import (
    Airport,
    Blob,
    BoardingPass,
    Bundle,
    Call,
    Carousel,
    Choice,
    Envelope,
    Failed,
    Handle,
    Later,
    Media,
    Option,
    Part,
    Payment,
    Price,
    Reason,
    Receipt,
    Reply,
    Request,
    RichCard,
    Said,
    Scope,
    Text,
)
from filo.channels.kit import converse
from filo.connectors.email.connector import connector
from filo.connectors.email.reading import facts
from filo.connectors.email.tests.mails import NOON

CONFIG = {"address": "support@brezza.example", "smtp_host": "smtp.brezza.example"}
ANNA = Handle("email", "anna@example.org", "Anna Bianchi")
ENVELOPE = Envelope(
    ref="dlv_000000000000C",
    at=NOON,
    answers="m2@example.org",
    references=("m1@example.org", "m2@example.org"),
    subject="R: Ordine 1234",
    token="k7x9",
    author="Marco - Brezza",
    quote="Dov'è\nil mio ordine?",
    language="it",
)


def call(*parts: Part, envelope: Envelope = ENVELOPE) -> Call:
    spoken = parts[0] if len(parts) == 1 else Bundle(parts)
    return next(connector.say(ANNA, spoken, CONFIG, envelope))


def written(*parts: Part, envelope: Envelope = ENVELOPE) -> EmailMessage:
    body = call(*parts, envelope=envelope).body
    assert body is not None
    return message_from_bytes(body, policy=policy.default)


def test_an_answer_stands_in_its_thread() -> None:
    mail = written(Text("È partito."))
    assert mail["From"] == "Marco - Brezza <support@brezza.example>"
    assert mail["To"] == "Anna Bianchi <anna@example.org>"
    assert mail["Reply-To"] == "support+k7x9@brezza.example"
    assert mail["Subject"] == "Re: Ordine 1234"
    assert mail["In-Reply-To"] == "<m2@example.org>"
    assert mail["References"] == "<m1@example.org> <m2@example.org>"
    assert mail["Date"] == "Sun, 22 Nov 2026 12:00:00 +0000"


def test_an_answer_has_words_and_html_with_the_quote_below() -> None:
    mail = written(Text("È <partito>."))
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().splitlines()[:4] == [
        "È <partito>.",
        "",
        "Il tuo messaggio:",
        "> Dov'è",
    ]
    assert "È &lt;partito&gt;." in html.get_content()
    assert '<blockquote type="cite">' in html.get_content()


def test_our_own_answer_read_by_us_shows_only_what_is_new() -> None:
    body = call(Text("È partito.")).body
    assert body is not None
    (fact,) = facts(Request(body, NOON, settings={"address": "anna@example.org"}))
    assert isinstance(fact, Said)
    (part,) = fact.parts
    assert getattr(part, "text", "") == "È partito."
    assert fact.matter == "m1@example.org"


def test_the_id_is_the_same_for_every_attempt() -> None:
    again = Envelope(ref=ENVELOPE.ref, at=NOON, attempt=2)
    first, second = written(Text("a")), written(Text("a"), envelope=again)
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Message-ID"].startswith("<filo.dlv_000000000000C.")


def test_a_first_mail_answers_nothing() -> None:
    mail = written(Text("Ciao"), envelope=Envelope(ref="d", at=NOON, subject="Il suo volo"))
    assert mail["Subject"] == "Il suo volo"
    assert mail["References"] is mail["In-Reply-To"] is mail["Reply-To"] is None


def test_a_long_chain_keeps_the_first_and_the_last_twenty_and_is_never_encoded() -> None:
    ids = tuple(f"{'x' * 180}{n}@example.org" for n in range(100))
    body = call(Text("a"), envelope=Envelope(ref="d", at=NOON, references=ids)).body
    assert body is not None
    mail = message_from_bytes(body, policy=policy.default)
    kept = mail["References"].split()
    assert kept == [f"<{id_}>" for id_ in (ids[0], *ids[-20:])]
    assert max(map(len, body.split(b"\r\n"))) < 998


def test_files_travel_inside_the_mail() -> None:
    envelope = Envelope(ref="d", at=NOON, files={"att_1": Blob("image/png", b"\x89PNG", "a.png")})
    media = Media("image/png", attachment="att_1", name="carta d'imbarco è.png", caption="Ecco")
    mail = written(Text("Ciao"), media, envelope=envelope)
    (file,) = mail.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("carta d'imbarco è.png", b"\x89PNG")
    body = mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().split() == ["Ciao", "Ecco"]


def test_a_file_of_others_travels_as_a_link() -> None:
    mail = written(Text("Ciao"), Media("image/png", url="https://x.example/a.png"))
    body = mail.get_body(("plain",))
    assert body is not None
    assert "https://x.example/a.png" in body.get_content()


def test_a_choice_is_a_list_in_words() -> None:
    mail = written(Choice("Quando?", (Option("a", "Oggi"), Option("b", "Domani"))))
    body = mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines()[:3] == ["Quando?", "1. Oggi", "2. Domani"]


@pytest.mark.parametrize("field", ["subject", "author", "token", "answers"])
def test_no_line_can_be_smuggled_into_the_head(field: str) -> None:
    smuggled = {field: "x\r\nBcc: victim@example.org\r\n\r\nhi"}
    evil = msgspec.structs.replace(Envelope(ref="d", at=NOON), **smuggled)
    assert written(Text("a"), envelope=evil)["Bcc"] is None


def test_the_call_names_who_sends_and_who_receives_and_no_secret() -> None:
    made = call(Text("a"))
    assert made.url == "smtp://smtp.brezza.example:587"
    assert made.headers == {"mail-from": CONFIG["address"], "rcpt-to": ANNA.value}


def test_the_receipt_is_the_message_id() -> None:
    receipt = converse(
        connector.say(ANNA, Text("a"), CONFIG, ENVELOPE), lambda made: Reply(250, b"queued")
    )
    assert receipt == Receipt(written(Text("a"))["Message-ID"].strip("<>"))


@pytest.mark.parametrize(
    ("status", "words", "reason", "scope"),
    [
        (550, b"5.1.1 no such user", Reason.UNREACHABLE, Scope.MESSAGE),
        (550, b"no", Reason.UNREACHABLE, Scope.MESSAGE),
        (554, b"5.7.1 policy", Reason.REFUSED, Scope.MESSAGE),
        (552, b"too big", Reason.OTHER, Scope.MESSAGE),
        (535, b"5.7.8 bad password", Reason.REFUSED, Scope.CHANNEL),
    ],
)
def test_a_server_that_says_never(status: int, words: bytes, reason: Reason, scope: Scope) -> None:
    with pytest.raises(Failed) as verdict:
        converse(
            connector.say(ANNA, Text("a"), CONFIG, ENVELOPE), lambda made: Reply(status, words)
        )
    assert (verdict.value.reason, verdict.value.scope) == (reason, scope)


@pytest.mark.parametrize(
    ("status", "words", "after", "scope"),
    [
        (451, b"4.7.1 greylisted", timedelta(minutes=5), Scope.MESSAGE),
        (452, b"4.2.2 full", timedelta(hours=1), Scope.PERSON),
        (421, b"too many connections", timedelta(minutes=1), Scope.CHANNEL),
    ],
)
def test_a_server_that_says_later(
    status: int, words: bytes, after: timedelta, scope: Scope
) -> None:
    with pytest.raises(Later) as verdict:
        converse(
            connector.say(ANNA, Text("a"), CONFIG, ENVELOPE), lambda made: Reply(status, words)
        )
    assert (verdict.value.after, verdict.value.scope) == (after, scope)


def test_an_automatic_mail_says_that_it_is_one() -> None:
    notice = Envelope(ref="d", at=NOON, subject="Ricevuto", answers="m1@x", automatic=True)
    mail = written(Text("Abbiamo ricevuto"), envelope=notice)
    assert call(Text("a"), envelope=notice).headers["mail-from"] == ""
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["X-Loop"].startswith("filo-")


# Where anybody's words may stand in the head of our mail, and what would begin another line.
words = st.text(st.sampled_from('ab:<>@,;"=? \r\n\0\u2028\u0085\u202eè\t'), max_size=60)


@settings(max_examples=150, deadline=None)
@given(subject=words, author=words, name=words, file=words)
def test_threat_29_no_word_begins_a_line_of_its_own_in_our_mails(
    subject: str, author: str, name: str, file: str
) -> None:
    held = {"att_1": Blob("application/pdf", b"%PDF-", file)}
    envelope = msgspec.structs.replace(ENVELOPE, subject=subject, author=author, files=held)
    spoken = Bundle((Text("x"), Media("application/pdf", name=file, attachment="att_1")))
    to = Handle("email", "anna@example.org", name)

    raw = next(connector.say(to, spoken, CONFIG, envelope)).body

    assert raw is not None
    head = raw.partition(b"\n\n")[0] if b"\r\n\r\n" not in raw else raw.partition(b"\r\n\r\n")[0]
    fields = {
        line.partition(b":")[0].lower() for line in head.splitlines() if line[:1] not in b" \t"
    }
    assert fields <= OUR_FIELDS


OUR_FIELDS = {
    *(b"from", b"to", b"subject", b"date", b"message-id", b"reply-to", b"in-reply-to"),
    *(b"references", b"mime-version", b"content-type", b"content-transfer-encoding"),
    *(b"x-filo-loop", b"content-language"),
}


# --- cards and papers ---------------------------------------------------------


def test_a_boarding_pass_is_drawn_told_in_words_and_attached() -> None:
    paper = Media("application/pdf", name="pass.pdf", attachment="att_1", sha256="x", size=4)
    flight = BoardingPass(
        "Ada <Conti>",
        "FI 123",
        Airport("MXP", "Milano"),
        Airport("FCO", "Roma"),
        NOON,
        "X7K2PQ",
        files=(paper,),
    )
    files = {"att_1": Blob("application/pdf", b"%PDF", "pass.pdf")}

    mail = written(flight, envelope=msgspec.structs.replace(ENVELOPE, files=files))

    assert "Volo: FI 123" in body(mail, "plain")
    html = body(mail, "html")
    assert "Ada &lt;Conti&gt;" in html
    assert "Passeggero" in html
    [attached] = mail.iter_attachments()
    assert attached.get_filename() == "pass.pdf"


def test_cards_have_numbers_for_answers_and_buttons_for_pages() -> None:
    options = (Option("a", "Prenota"), Option("m", "Mappa", url="https://x.example/m?a=1&b=2"))
    mail = written(Carousel((RichCard("Roma", options=options), RichCard("Oslo")), "Dove?"))

    html = body(mail, "html")
    assert "1. Prenota" in html
    assert 'href="https://x.example/m?a=1&amp;b=2"' in html
    plain = body(mail, "plain").replace("\r\n", "\n")
    assert "Roma\n1. Prenota\nMappa: https://x.example/m?a=1&b=2" in plain


def test_marked_words_are_bold_in_html_and_bare_in_text() -> None:
    mail = written(Text("**Gate** `B4`", marked=True))

    assert "<b>Gate</b> <code>B4</code>" in body(mail, "html")
    assert body(mail, "plain").startswith("Gate B4")


def test_an_address_that_is_no_page_opens_nothing() -> None:
    pay = Payment("Cambio", Price(Decimal("9"), "EUR"), "P", "javascript:alert(1)")
    assert 'href="javascript' not in body(written(pay), "html")


def body(mail: EmailMessage, form: str) -> str:
    """One of the two forms of a mail."""
    found = mail.get_body((form,))
    assert found is not None
    return str(found.get_content())
