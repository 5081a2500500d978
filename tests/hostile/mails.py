# ruff: noqa: E501 - an attack is quoted whole
"""Hostile mails: heads, charsets, structures and files that lie. Each is the whole raw mail."""

from __future__ import annotations

import base64
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from filo.core.tests.hostile import HOSTILE
from tests.hostile.items import mark
from tests.hostile.markup import JS

ADDRESS = "care@brezza.example"
XSS = f"<img src=x onerror={JS}>"


@dataclass(frozen=True)
class Letter:
    """A raw mail in pieces: more head lines, then what follows the head."""

    head: bytes = b""
    body: bytes = b"Content-Type: text/plain; charset=utf-8\r\n\r\n{mark}\r\n"
    sender: bytes | None = None  # the From line's value; None: the group's own address
    shows: bool = True

    def raw(self, number: int, group: str) -> bytes:
        sender = self.sender or f"{group} <{group}@hostile.example>".encode()
        named = b"Message-ID: <hostile-%d@hostile.example>\r\n" % number
        if b"message-id:" in self.head.lower():
            named = b""
        top = b"From: %s\r\nTo: %s\r\n%s" % (sender, ADDRESS.encode(), named)
        told = self.body.replace(b"{mark}", mark(number).encode())
        return top + self.head + told


# From these nobody can be made out: the mail is parked, whole.
NOBODY = (
    b"none",
    b"<>",
    b"<script>@hostile.example",
    b'quoted <"a b"@hostile.example>',
    b"long <" + b"l" * 240 + b"@hostile.example>",
)


def html(piece: str, number: int) -> bytes:
    """A mail of one HTML part, as base64: nothing of the piece is changed on the way."""
    words = f"<p>{mark(number)}</p>{piece}<p>{mark(number, 'b')}</p>"
    coded = base64.encodebytes(words.encode("utf-8", "replace")).replace(b"\n", b"\r\n")
    return Letter(
        body=b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + coded
    ).raw(number, "markup")


def letters() -> Iterator[tuple[str, Letter]]:
    """(family, letter) of every mail that is more than its HTML."""
    yield from (("head", letter) for letter in _heads())
    yield from (("charset", letter) for letter in _charsets())
    yield from (("structure", letter) for letter in _structures())
    yield from (("file", letter) for letter in _files())


def _line(name: str, value: bytes) -> Letter:
    return Letter(name.encode() + b": " + value + b"\r\n")


def _heads() -> Iterator[Letter]:
    coded = base64.b64encode(XSS.encode())
    for value in (
        XSS.encode(),
        b"</title><script>%s</script>" % JS.encode(),
        b"=?utf-8?B?%s?=" % coded,
        b"=?utf-8?Q?=3Cimg_src=3Dx_onerror=3Dalert(1)=3E?=",
        b"=?utf-8?Q?a=0D=0ABcc:_all@brezza.example?=",
        b"=?utf-8?Q?=00=1B[31m=E2=80=AE?=",
        b"=?x-none?B?%s?= =?utf-8?X?abc?= =?utf-8?B?%%%%%%?=" % coded,
        b"=?utf-8?B?" + coded * 200 + b"?=",
        b"x" * 5000,
        b"x\r\n y\r\n\t" + XSS.encode(),
        b"\xff\xfe\x00\x01",
        b"{{ request.user }} {% include 'x' %} {0.__class__} %s %n ${7*7}",
        b"",
    ):
        yield _line("Subject", value)
    for sender in (
        b'"%s" <name@hostile.example>' % XSS.replace('"', "").encode(),
        b"=?utf-8?B?%s?= <coded@hostile.example>" % coded,
        b"Ada \xe2\x80\xae<bidi@hostile.example>",
        b'"support@brezza.example" <lookalike@hostile.example>',
        b"a@hostile.example, b@hostile.example, c@hostile.example",
        b"(((comment))) <paren@hostile.example>",
        b"=?utf-8?Q?x=0D=0ABcc:_y@z.example?= <break@hostile.example>",
        b"xn <user@xn--80ak6aa92e.example>",
        *NOBODY,
    ):
        yield Letter(sender=sender, shows=sender not in NOBODY)
    for name, value in (
        ("Message-ID", b"<" + XSS.encode() + b"@x>"),
        ("Message-ID", b"<twice@hostile.example>\r\nMessage-ID: <again@hostile.example>"),
        ("Message-ID", b"<" + b"i" * 3000 + b"@hostile.example>"),
        ("References", b"<a@b> " * 4000),
        ("In-Reply-To", b"<" + XSS.encode() + b">"),
        ("Date", b"Thu, 99 Foo 99999 99:99:99 +9999"),
        ("Date", b"Fri, 31 Dec 9999 23:59:59 -2359"),
        ("Reply-To", b'"%s" <elsewhere@evil.example>' % XSS.replace('"', "").encode()),
        ("Subject", b"one\r\nSubject: two\r\nSubject: three"),
        ("To", b", ".join(b"p%d@crowd.example" % n for n in range(3000))),
        ("Auto-Submitted", b"auto-replied"),
        ("List-Unsubscribe", b"<javascript:alert(1)>"),
        ("X-Filo", b"x\r\n" * 3 + b"broken line without a colon"),
        ("X-Long", b"y" * 20_000),
        ("Content-Length", b"-1"),
    ):
        yield _line(name, value)


def _charsets() -> Iterator[Letter]:
    for charset in (
        *("utf-7", "utf-16", "utf-32-le", "x-user-defined", "unicode_escape", "idna", "punycode"),
        *("rot13", "zlib", "base64", "hz-gb-2312", "iso-2022-jp", "cp65001", "", "utf-8' or '1"),
    ):
        yield Letter(body=b"Content-Type: text/html; charset=%s\r\n\r\n{mark} +ADw-img src=x onerror=alert(1)+AD4- <b>x</b>\r\n" % charset.encode(),
                     shows=not charset.startswith(("utf-16", "utf-32")))  # fmt: skip
    for coding, body in (
        (b"base64", b"!!!{mark}==="),
        (b"quoted-printable", b"{mark}=ZZ=\r\n=3Cimg src=x onerror=alert(1)=3E="),
        (b"x-uuencode", b"begin 644 x\r\n{mark}\r\nend"),
        (b"8bit", b"{mark} \xff\xfe\x00\x1b[2J"),
        (b"nonsense", b"{mark}"),
    ):
        yield Letter(
            b"Content-Transfer-Encoding: %s\r\n" % coding,
            b"Content-Type: text/html\r\n\r\n" + body,
            shows=coding not in (b"base64", b"x-uuencode"),
        )


def _multipart(kind: bytes, *parts: bytes, boundary: bytes = b"bb") -> Letter:
    inner = b"".join(b"--%s\r\n%s\r\n" % (boundary, part) for part in parts)
    return Letter(
        body=b'MIME-Version: 1.0\r\nContent-Type: multipart/%s; boundary="%s"\r\n\r\n%s--%s--\r\n'
        % (kind, boundary, inner, boundary)
    )


PLAIN = b"Content-Type: text/plain\r\n\r\n{mark}\r\n"
MARKUP = b"Content-Type: text/html\r\n\r\n<p>{mark}</p>" + XSS.encode()


def _structures() -> Iterator[Letter]:
    yield _multipart(b"alternative", PLAIN, MARKUP)
    yield _multipart(b"alternative", MARKUP, PLAIN)
    yield _multipart(b"mixed", *[PLAIN] * 99)
    yield _multipart(
        b"mixed",
        PLAIN,
        *[b"Content-Type: text/plain; name=n%d.txt\r\n\r\nx" % n for n in range(150)],
    )
    yield _multipart(
        b"related",
        MARKUP + b"<img src='cid:x'>",
        b"Content-Type: text/html\r\nContent-ID: <x>\r\n\r\n" + XSS.encode(),
    )
    yield _multipart(
        b"related",
        MARKUP + b"<img src='cid:y'>",
        b"Content-Type: image/svg+xml\r\nContent-ID: <y>\r\n\r\n<svg onload=alert(1)/>",
    )
    yield _multipart(
        b"mixed",
        PLAIN,
        b"Content-Type: message/rfc822\r\n\r\nFrom: x@y.example\r\nSubject: "
        + XSS.encode()
        + b"\r\n\r\ninside",
    )
    yield _multipart(
        b"signed; protocol=x", PLAIN, b"Content-Type: application/pgp-signature\r\n\r\nxx"
    )
    yield _multipart(b"mixed", PLAIN, boundary=b"a b'c(d)")
    yield _multipart(
        b"report; report-type=delivery-status",
        PLAIN.replace(b"{mark}", b"x"),
        b"Content-Type: message/delivery-status\r\n\r\nFinal-Recipient: x\r\n",
    )
    yield from _depths()
    yield from _weights()
    everything = "".join(HOSTILE).encode("utf-8", "replace")
    yield Letter(
        body=b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.b64encode(b"<p>all at once</p>" + everything),
        shows=False,
    )


def _depths() -> Iterator[Letter]:
    deep = b"{mark}"
    for level in range(15):
        deep = b"Content-Type: multipart/mixed; boundary=d%d\r\n\r\n--d%d\r\n%s\r\n--d%d--\r\n" % (
            level,
            level,
            deep if level else PLAIN,
            level,
        )
    yield Letter(body=deep)
    endless = b"".join(
        b"Content-Type: multipart/mixed; boundary=e%d\r\n\r\n--e%d\r\n" % (n, n)
        for n in range(3000)
    )
    yield Letter(body=endless + PLAIN, shows=False)
    yield Letter(body=b"Content-Type: multipart/mixed; boundary=bb\r\n\r\n--bb\r\n" + PLAIN)
    yield Letter(body=b"Content-Type: multipart/mixed\r\n\r\n{mark}")
    yield Letter(body=b'Content-Type: multipart/mixed; boundary=""\r\n\r\n--\r\n{mark}\r\n')
    yield Letter(
        body=b"Content-Type: text/plain; "
        + b"; ".join(b"p%d=x" % n for n in range(4000))
        + b"\r\n\r\n{mark}"
    )
    yield Letter(body=b"Content-Type: text/plain" + b"; x*0*=a'b'%zz" * 900 + b"\r\n\r\n{mark}")
    yield Letter(body=b"Content-Type: " + XSS.encode() + b"\r\n\r\n{mark}", shows=False)
    yield Letter(
        body=b"Content-Type: text/html\r\nContent-Type: text/plain\r\n\r\n{mark}" + XSS.encode()
    )
    yield Letter(body=b"\r\n", shows=False)
    yield Letter(body=b"", shows=False)


def _weights() -> Iterator[Letter]:
    yield Letter(
        body=b"Content-Type: text/html\r\n\r\n<p>{mark}</p>" + b"<div>" * 20_000, shows=True
    )
    yield Letter(body=b"Content-Type: text/html\r\n\r\n<p>{mark}</p>" + b"<b><i>" * 6_000 + b"x")
    yield Letter(body=b"Content-Type: text/html\r\n\r\n<p>{mark}</p>" + b"<a href=x>y</a>" * 6_000)
    yield Letter(body=b"Content-Type: text/html\r\n\r\n{mark}" + b"&#" * 50_000)
    yield Letter(body=b"Content-Type: text/html\r\n\r\n<p>{mark}" + b"<table><tr><td>" * 300)
    yield Letter(body=b"Content-Type: text/plain\r\n\r\n{mark}" + b">" * 60_000)
    yield Letter(body=b"Content-Type: text/x-amp-html\r\n\r\n{mark}" + XSS.encode(), shows=False)
    yield Letter(
        body=b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nSUMMARY:" + XSS.encode(),
        shows=False,
    )


# --- files that are not what they say -------------------------------------------------


def _files() -> Iterator[Letter]:
    for name in (
        *(
            "../../../etc/passwd",
            "..\\..\\boot.ini",
            "C:\\x.exe",
            "a\r\nX: y.png",
            "fattura\u202egpj.exe",
        ),
        *(
            f"{XSS}.png",
            "x" * 600 + ".pdf",
            "CON",
            "",
            ".",
            "a/b/c.html",
            "%2e%2e%2fx",
            "x.png\x00.exe",
        ),
        *("x.svg", "x.html", "x.xml", "x.svgz", "x.hta", "x.lnk", "x.url", "x.js", "x.docm"),
    ):
        yield _attached(name, "image/png", b"<script>alert(1)</script>")
    yield from _contents()


def _contents() -> Iterator[Letter]:
    for name, mime, body in (
        ("bomb.png", "image/png", pixels(60_000, 60_000)),
        ("wide.png", "image/png", pixels(2**31 - 1, 1)),
        ("bomb.zip", "application/zip", zipped(20)),
        ("many.zip", "application/zip", crowd(2000)),
        ("both.gif", "image/gif", b"GIF89a/*<script>alert(1)</script>*/=1;" + b"\x00" * 40),
        ("both.jpg", "image/jpeg", b"\xff\xd8\xff\xe0<script>alert(1)</script>"),
        ("both.pdf", "application/pdf", b"%PDF-1.7\n<script>alert(1)</script>\n<</JS(alert(1))>>"),
        ("both.bmp", "image/bmp", b"BM<script>alert(1)</script>"),
        (
            "true.svg",
            "image/svg+xml",
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        ),
        ("page.html", "text/html", b"<script>alert(1)</script>"),
        ("page.png", "text/html", b"<script>alert(1)</script>"),
        ("sheet.csv", "text/csv", b"=cmd|'/C calc'!A1,+1,-1,@x"),
        ("card.vcf", "text/vcard", b"BEGIN:VCARD\r\nFN:" + XSS.encode()),
        ("run.exe", "image/png", b"MZ" + b"\x00" * 100),
        ("run", "application/octet-stream", b"#!/bin/sh\nid\n"),
        ("empty.png", "image/png", b""),
        (
            "laugh.xml",
            "application/xml",
            b"<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><x>&b;</x>",
        ),
        ("winmail.dat", "application/ms-tnef", b"\x78\x9f\x3e\x22"),
    ):
        yield _attached(name, mime, body)


def _attached(name: str, mime: str, body: bytes) -> Letter:
    wrote = name.replace('"', "").encode("utf-8", "replace").replace(b"\r\n", b"\r\n ")
    file = (
        b'Content-Type: %s; name="%s"\r\nContent-Disposition: attachment; filename="%s"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n%s"
        % (mime.encode(), wrote, wrote, base64.b64encode(body))
    )
    return _multipart(b"mixed", PLAIN, file)


def pixels(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes that says it is huge."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", head)
        + _chunk(b"IDAT", zlib.compress(b"\0" * 40_000))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def zipped(megabytes: int) -> bytes:
    """Zeros that shrink a thousandfold, in a zip in a zip."""
    inner = _zip({"zeros": b"\0" * megabytes * 1024 * 1024})
    return _zip({f"{n}.zip": inner for n in range(10)})


def crowd(files: int) -> bytes:
    return _zip({f"../../{n}": b"" for n in range(files)})


def _zip(held: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for name, body in held.items():
            file.writestr(zipfile.ZipInfo(name), body, zipfile.ZIP_DEFLATED)
    return target.getvalue()
