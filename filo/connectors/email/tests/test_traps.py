"""Mails that broke other programs: each is read, and none raises."""

from __future__ import annotations

import base64

import pytest

from filo.channels.contract import Html, Native, Said, Text, Unknown
from filo.connectors.email.connector import connector
from filo.connectors.email.tests.mails import HEAD, facts, files, mail, said, words

PLAIN = b"Content-Type: text/plain; charset=%b\nContent-Transfer-Encoding: 8bit\n\n%b"


@pytest.mark.parametrize(
    ("label", "raw", "text"),
    [
        (b"x-windows-1252", "caffè €".encode("cp1252"), "caffè €"),
        (b"iso-8859-1", "“virgolette”".encode("cp1252"), "“virgolette”"),
        (b"gb2312", "你好鎔".encode("gb18030"), "你好鎔"),
        (b"ISO-2022-JP", "こんにちは".encode("iso2022_jp"), "こんにちは"),
        (b"utf-7", "grüß".encode("utf-7"), "grüß"),
        (b"no-such-charset", "perché".encode(), "perché"),
        (b"us-ascii", "è già".encode(), "è già"),
        (b"utf-8", "è già".encode("cp1252"), "è già"),
        (b'"utf-8"', b"a\x00b", "ab"),
        (b"rot13", b"plain", "plain"),
        (b"unicode_escape", rb"C:\new", r"C:\new"),
    ],
)
def test_a_charset_that_lies_is_read_all_the_same(label: bytes, raw: bytes, text: str) -> None:
    assert said(mail(PLAIN % (label, raw))).parts == (Text(text),)


@pytest.mark.parametrize(
    ("written", "subject"),
    [
        (b"=?utf-8?q?Perch=C3=A9?=", "Perché"),
        (b"=?utf-8?B?UGVyY2jD?= =?utf-8?B?qQ==?=", "Perché"),
        (b"=?utf-8?Q?a?=\n =?iso-8859-1?Q?=E8?=", "aè"),
        (b"=?utf-8?B?!!!?= fine", "fine"),
        ("già così".encode(), "già così"),
        ("già così".encode("latin-1"), "già così"),
        (b"Ordine\n\t1234", "Ordine 1234"),
        (b"=?x-unknown?Q?Ciao_a_tutti?=", "Ciao a tutti"),
    ],
)
def test_a_subject_is_read_however_it_is_encoded(written: bytes, subject: str) -> None:
    head = b"From: a@example.org\nSubject: %b\n" % written
    assert said(mail(b"Ciao", head=head)).subject == subject


def attached(head: bytes, body: bytes = b"AAAA") -> bytes:
    return mail(
        b'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\nCiao\n'
        b"--b\n%b\n\n%b\n--b--\n" % (head, body)
    )


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (
            b"Content-Type: image/png\nContent-Disposition: attachment;\n"
            b" filename*0*=utf-8''fattura%20d; filename*1*=%C3%AC.png",
            "fattura dì.png",
        ),
        (b'Content-Type: image/png; name="=?utf-8?Q?citt=C3=A0=2Epng?="', "città.png"),
        (b'Content-Type: image/png; name="../../etc/passwd.png"', ".. .. etc passwd.png"),
        ('Content-Type: image/png; name="a\u202egnp.exe"'.encode(), "a gnp.exe"),
        (b"Content-Type: image/png\nContent-Disposition: attachment", "attachment-2.png"),
        (b"Content-Type: text/calendar; method=REQUEST", "invitation.ics"),
    ],
)
def test_a_file_keeps_a_name_that_harms_nobody(head: bytes, name: str) -> None:
    assert [file.name for file in files(said(attached(head)))] == [name]


def test_a_very_long_name_keeps_its_beginning_and_its_end() -> None:
    name = "x" * 300 + ".pdf"
    (file,) = files(said(attached(f'Content-Type: image/png; name="{name}"'.encode())))
    assert len(file.name) < 151
    assert file.name.endswith(".pdf")


def test_a_file_comes_out_of_the_raw_mail_as_it_went_in() -> None:
    png = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
    raw = attached(
        b"Content-Type: image/png; name=a.png\nContent-Transfer-Encoding: base64",
        base64.encodebytes(png).strip(),
    )
    (file,) = files(said(raw))
    blob = connector.extract(raw, file.ref)
    assert (blob.body, blob.mime, blob.name, file.size) == (png, "image/png", "a.png", len(png))


def test_a_file_that_the_mail_does_not_have_is_not_found() -> None:
    with pytest.raises(LookupError):
        connector.extract(mail(b"Ciao"), "part:7")


def test_a_file_in_uuencode_is_opened() -> None:
    raw = attached(
        b"Content-Type: application/octet-stream; name=a.txt\n"
        b"Content-Transfer-Encoding: x-uuencode",
        b"begin 644 a.txt\n#0V%T\n`\nend",
    )
    (file,) = files(said(raw))
    assert connector.extract(raw, file.ref).body == b"Cat"


def test_broken_base64_is_kept_as_it_is() -> None:
    raw = attached(b"Content-Type: image/png\nContent-Transfer-Encoding: base64", b"A")
    assert len(files(said(raw))) == 1


def test_an_outlook_tnef_file_is_kept_as_a_file() -> None:
    raw = attached(b"Content-Type: application/ms-tnef; name=winmail.dat", b"\x78\x9f")
    assert [file.mime for file in files(said(raw))] == ["application/ms-tnef"]


def test_a_signed_mail_shows_its_words_and_keeps_its_signature() -> None:
    raw = mail(
        b"Content-Type: multipart/signed; micalg=sha-256;\n"
        b' protocol="application/pkcs7-signature"; boundary=b\n\n'
        b"--b\nContent-Type: text/plain\n\nFirmato\n"
        b"--b\nContent-Type: application/pkcs7-signature; name=smime.p7s\n\nAAAA\n--b--\n"
    )
    assert words(said(raw)) == "Firmato"
    assert [file.name for file in files(said(raw))] == ["smime.p7s"]


def test_an_encrypted_mail_is_kept_as_a_file() -> None:
    raw = mail(b"Content-Type: application/pkcs7-mime; name=smime.p7m\n\nAAAA")
    assert [file.name for file in files(said(raw))] == ["smime.p7m"]


def test_a_mail_inside_the_mail_is_one_file() -> None:
    inner = b"From: x@example.org\nSubject: Vecchio\n\nTesto\n"
    raw = attached(b"Content-Type: message/rfc822", inner)
    (file,) = files(said(raw))
    assert (file.name, words(said(raw))) == ("Vecchio.eml", "Ciao")
    assert b"Subject: Vecchio" in connector.extract(raw, file.ref).body


def test_an_invitation_beside_the_words_is_a_file() -> None:
    raw = mail(
        b"Content-Type: multipart/alternative; boundary=b\n\n"
        b"--b\nContent-Type: text/plain\n\nVieni?\n"
        b"--b\nContent-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\n--b--\n"
    )
    assert words(said(raw)) == "Vieni?"
    assert [file.name for file in files(said(raw))] == ["invitation.ics"]


def test_an_image_inside_the_words_is_known_by_its_content_id() -> None:
    raw = mail(
        b"Content-Type: multipart/related; boundary=b\n\n"
        b'--b\nContent-Type: text/html\n\n<p>Ecco <img src="cid:logo@x"></p>\n'
        b"--b\nContent-Type: image/png\nContent-ID: <logo@x>\n\nAAAA\n--b--\n"
    )
    assert [file.inline for file in files(said(raw))] == ["logo@x"]
    assert words(said(raw)) == "Ecco"


def test_words_that_are_only_a_picture_are_a_picture() -> None:
    raw = mail(b"Content-Type: image/jpeg; name=foto.jpg\n\nAAAA")
    assert [file.mime for file in files(said(raw))] == ["image/jpeg"]
    assert len(said(raw).parts) == 1


def test_html_alone_is_told_in_words_and_kept_as_it_was_written() -> None:
    html = b"<style>p{}</style><p>Buon<b>giorno</b></p><script>evil()</script><p>Anna</p>"
    (part,) = said(mail(b"Content-Type: text/html\n\n" + html)).parts
    assert isinstance(part, Html)
    assert (part.text, part.html) == ("Buongiorno\n\nAnna", html.decode())


def test_a_stub_does_not_hide_the_real_words() -> None:
    raw = mail(
        b"Content-Type: multipart/alternative; boundary=b\n\n"
        b"--b\nContent-Type: text/plain\n\nYour client does not support HTML messages\n"
        b"--b\nContent-Type: text/html\n\n<p>Il volo parte?</p>\n--b--\n"
    )
    assert words(said(raw)) == "Il volo parte?"


def test_text_around_a_picture_is_put_together() -> None:
    raw = mail(
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nPrima\n"
        b"--b\nContent-Type: image/png; name=a.png\n\nAAAA\n"
        b"--b\nContent-Type: text/plain\n\nDopo\n--b--\n"
    )
    assert words(said(raw)) == "Prima\n\nDopo"


@pytest.mark.parametrize("raw", [mail(b""), mail(b"Content-Type: text/plain\n\n"), HEAD])
def test_a_mail_without_words_is_still_a_mail(raw: bytes) -> None:
    assert said(raw).parts == (Text(""),)


def test_a_part_of_no_bytes_is_a_file_of_no_bytes() -> None:
    assert [file.size for file in files(said(attached(b"Content-Type: image/png", b"")))] == [0]


@pytest.mark.parametrize("depth", [40, 59, 400])
def test_mails_nested_without_end_are_read_to_our_depth(depth: int) -> None:
    opened = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(depth)
    )
    fact = said(mail(opened + b"Content-Type: text/plain\n\nIn fondo\n"))
    assert fact.subject == "Ordine 1234"
    assert files(fact)


def test_a_mail_of_a_thousand_parts_gives_a_hundred_and_itself() -> None:
    parts = b"--b\nContent-Type: image/png\n\nA\n" * 1000
    raw = mail(b"Content-Type: multipart/mixed; boundary=b\n\n" + parts + b"--b--\n")
    assert len(files(said(raw))) == 101
    assert connector.extract(raw, files(said(raw))[-1].ref).body == raw


def test_a_bomb_of_links_is_shown_as_words_only() -> None:
    html = b"<p>Premi</p>" + b'<a href="http://x">x</a> ' * 6000
    (part,) = said(mail(b"Content-Type: text/html\n\n" + html)).parts
    assert isinstance(part, Text)


@pytest.mark.parametrize(
    ("date", "is_theirs"),
    [
        (b"Date: Sun, 22 Nov 2026 11:59:00 +0000\n", True),
        (b"", False),
        (b"Date: tomorrow\n", False),
        (b"Date: Sun, 22 Nov 2099 11:59:00 +0000\n", False),
        (b"Date: Thu, 01 Jan 1970 00:59:00 +0000\n", False),
        (b"Date: Fri, 31 Dec 9999 23:59:59 -2359\n", False),
    ],
)
def test_a_wrong_clock_is_not_believed(date: bytes, is_theirs: bool) -> None:
    fact = said(mail(b"Ciao", head=b"From: a@example.org\n" + date))
    assert (fact.at.minute == 59) is is_theirs


def test_a_mail_from_nobody_is_kept_but_is_no_message() -> None:
    (fact,) = facts(mail(b"Ciao", head=b"Subject: Senza mittente\n"))
    assert isinstance(fact, Unknown)


@pytest.mark.parametrize(
    ("written", "address", "name"),
    [
        (b"ANNA@EXAMPLE.ORG", "anna@example.org", ""),
        (b"=?utf-8?Q?Nicol=C3=B2?= <n@example.org>", "n@example.org", "Nicolò"),
        (b'"Rossi, Anna" <a@example.org>', "a@example.org", "Rossi, Anna"),
        (b"Anna <<a@example.org>>", "a@example.org", ""),
        (b"Anna a@example.org", "a@example.org", ""),
        ("Anna <anna@città.example>".encode(), "anna@xn--citt-3na.example", "Anna"),
        (b"undisclosed-recipients:;, a@example.org", "a@example.org", ""),
        (b"a@example.org <a@example.org>", "a@example.org", ""),
    ],
)
def test_the_sender_is_found_in_a_strange_line(written: bytes, address: str, name: str) -> None:
    by = said(mail(b"Ciao", head=b"From: %b\n" % written)).by
    assert (by.space, by.value, by.name) == ("email", address, name)


def test_a_to_that_is_no_address_harms_nothing() -> None:
    assert isinstance(said(mail(b"Ciao", head=HEAD + b"To: <<<>>>, ,;:@\n")), Said)


def test_a_mail_that_was_too_large_says_so() -> None:
    (fact,) = facts(mail(b""), **{"x-filo-size": "31000000"})
    assert isinstance(fact, Said)
    assert [isinstance(p, Native) and "31000000" in p.text for p in fact.parts] == [True]


def test_a_mailbox_line_before_the_head_is_skipped() -> None:
    assert said(b"From anna Sun Nov 22 2026\r\n" + mail(b"Ciao")).parts == (Text("Ciao"),)


def test_a_multipart_without_parts_is_its_words() -> None:
    """No boundary, no parts: what stands there is what was written."""
    assert words(said(mail(b"Content-Type: multipart/mixed\n\nEccomi"))) == "Eccomi"
