"""Whatever comes, `parse` and `lane` end, in time, without an error."""

from __future__ import annotations

import base64
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filo.channels.contract import Request, Said
from filo.connectors.email.connector import connector
from filo.connectors.email.tests.mails import NOON, mail, said

NAMES = [
    b"From", b"To", b"Cc", b"Subject", b"Date", b"Message-ID", b"References", b"In-Reply-To",
    b"Content-Type", b"Content-Transfer-Encoding", b"Content-Disposition", b"Return-Path",
    b"X-Failed-Recipients", b"Auto-Submitted", b"Content-ID", b"Reply-To", b"List-Id",
]  # fmt: skip
VALUES = [
    b"Anna <a@example.org>", b"<>", b"=?utf-8?B?w6g?=", b"=?", b"multipart/mixed; boundary=b",
    b"multipart/alternative; boundary=b", b"message/rfc822", b"text/html; charset=x",
    b"multipart/report; report-type=delivery-status; boundary=b", b"message/delivery-status",
    b"base64", b"quoted-printable", b"x-uuencode", b"attachment; filename*0*=utf-8''%ff",
    b"text/plain; charset*=a'b'%zz", b"\xff\xfe", b"\x00", b"mailer-daemon@x.example",
    b"image/png; name*1=a; name*0=b", b"multipart/related", b"<a@b> <c@d>", b"(((", b'"',
]  # fmt: skip
pieces = st.one_of(
    st.builds(
        lambda n, v: n + b": " + v + b"\r\n", st.sampled_from(NAMES), st.sampled_from(VALUES)
    ),
    st.builds(lambda n, v: n + b": " + v + b"\n", st.sampled_from(NAMES), st.binary(max_size=40)),
    st.sampled_from(
        [b"\r\n", b"\n", b"--b\r\n", b"--b--\r\n", b"> x\n", b"begin 644 a\n#0\nend\n"]
    ),
    st.binary(max_size=60),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(pieces, max_size=30).map(b"".join))
def test_no_mail_makes_it_stumble(raw: bytes) -> None:
    request = Request(body=raw, at=NOON, settings={"address": "support@brezza.example"})
    found = connector.parse(request)
    assert found
    assert isinstance(connector.lane(request), str)
    for fact in found:
        for part in fact.parts if isinstance(fact, Said) else ():
            if ref := getattr(part, "ref", ""):
                assert connector.extract(raw, ref).mime


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_html_is_read(html: bytes) -> None:
    raw = mail(
        b"Content-Type: text/html\nContent-Transfer-Encoding: base64\n\n" + base64.b64encode(html)
    )
    assert said(raw).id == "m1@example.org"


HUGE = 400_000


@pytest.mark.parametrize(
    "raw",
    [
        mail(b"Content-Type: text/html\n\n" + b"<div>" * (HUGE // 5)),
        mail(b"Content-Type: text/html\n\n" + b"<a " * (HUGE // 3)),
        mail(b"Content-Type: text/html\n\n" + b"<!--" * (HUGE // 4)),
        mail(b"Content-Type: text/html\n\n" + b"&#" * (HUGE // 2)),
        mail(b"Content-Type: text/html\n\n> x<a " + b"class=" * (HUGE // 6)),
        mail(b"Content-Type: text/html\n\n<blockquote type=cite>" + b"<a class=x " * (HUGE // 11)),
        mail(b"On " * (HUGE // 3)),
        mail(b"On x\n" * (HUGE // 5)),
        mail(b"Il a ha scritto\n" * (HUGE // 16)),
        mail(b">" * HUGE),
        mail(b">\n" * (HUGE // 2)),
        mail(b"A: x\n" * (HUGE // 5)),
        mail(b"From: x\n " * (HUGE // 8)),
        mail(b"-" * HUGE),
        mail(b" " * HUGE),
        mail(b"\n" * HUGE),
        mail(b"Ciao", head=b"From: " + b"<" * HUGE + b"\n"),
        mail(b"Ciao", head=b"From: a@example.org\nTo: " + b"a@b.example," * (HUGE // 12) + b"\n"),
        mail(b"Ciao", head=b"From: " + b"(" * HUGE + b"\n"),
        mail(b"Ciao", head=b"From: a@example.org\nSubject: " + b"=?a?q?b?=" * (HUGE // 9) + b"\n"),
        mail(b"Ciao", head=b"From: a@example.org\nReferences: " + b"<a@b>" * (HUGE // 5) + b"\n"),
        mail(b"Ciao", head=b"From: a@example.org\n" + b"X: y\n" * (HUGE // 5)),
    ],
    ids=lambda raw: raw[-60:].decode("latin-1")[:12].strip(),
)
def test_no_mail_takes_more_than_a_moment(raw: bytes) -> None:
    request = Request(body=raw, at=NOON, settings={"address": "support@brezza.example"})
    begin = time.process_time()
    connector.parse(request)
    connector.lane(request)
    assert time.process_time() - begin < 2
