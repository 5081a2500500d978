"""What is fuzzed: each target eats any bytes, and may raise nothing but what it catches itself."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
from django.http import QueryDict

from filo.channels.contract import Extracts, Forged, Request, Said, Thanks, TooBig
from filo.connectors.email import letters
from filo.connectors.email.head import people_in
from filo.conversations import tokens
from filo.core import addresses, cleaner, filetypes, passes, vault
from filo.core.ids import BadId, number
from filo.core.pictures import PictureRefused, redraw
from filo.core.tests.hostile import HOSTILE
from filo.desk.wanted import wanted
from filo.live import hints as live_hints
from filo.live.cursor import Log, Reset
from tests.connectors.samples import CHANNEL, NOON, Sample, config_of, connector_of, samples

KEY = "k" * 32
PRINTS = (
    b"\x89PNG\r\n\x1a\n",
    b"GIF89a",
    b"\xff\xd8\xff\xe0",
    b"RIFF\x10\0\0\0WEBP",
    b"%PDF-",
    b"MZ",
)
Target = Callable[[bytes], None]


def parses(kind: str) -> Target:
    """A connector never raises: what it cannot read is `Unknown`."""
    connector = connector_of(kind)
    secret = {each.name for each in connector.card.settings if each.secret}
    settings = {name: text for name, text in config_of(kind).items() if name not in secret}

    def target(raw: bytes) -> None:
        request = Request(body=raw, at=NOON, channel=CHANNEL, settings=settings)
        assert isinstance(connector.lane(request), str)
        if isinstance(connector, Thanks):
            assert isinstance(connector.thank(request), bytes)
        for fact in connector.parse(request):
            msgspec.json.encode(fact)
            if isinstance(fact, Said) and isinstance(connector, Extracts):
                for ref in filter(None, (getattr(part, "ref", "") for part in fact.parts)):
                    assert connector.extract(raw, ref).mime

    return target


def unseals(kind: str) -> Target:
    """Whatever the headers say, it is forged: nobody guesses a signature."""
    connector, config = connector_of(kind), config_of(kind)

    def target(raw: bytes) -> None:
        head, _, body = raw.partition(b"\n\n")
        lines = (line.partition(b":") for line in head.split(b"\n"))
        headers = {n.decode("latin-1").lower(): v.decode("latin-1").strip() for n, _, v in lines}
        request = Request(body=body, at=NOON, headers=headers, channel=CHANNEL)
        with suppress(Forged, TooBig):
            connector.unseal(request, config)
            raise AssertionError("it let a stranger in")

    return target


def cleans(raw: bytes) -> None:
    text = raw.decode("utf-8", "replace")
    once = cleaner.clean(text)
    assert "<script" not in once.lower()
    assert "<" not in cleaner.plain(text).replace("<br>", "").replace("<a ", "").replace("</a>", "")
    cleaner.clean(once)
    cleaner.text_of(text)


def reads_letters(raw: bytes) -> None:
    label, _, rest = raw.partition(b"\n")
    letters.decoded(rest, label.decode("latin-1")).encode()
    letters.words(rest.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogatepass")
    people_in(rest.decode("latin-1"))


def names_files(raw: bytes) -> None:
    name, _, rest = raw.partition(b"\n")
    claimed, _, head = rest.partition(b"\n")
    words = name.decode("utf-8", "replace")
    plain = filetypes.safe_name(words)
    assert not set('/\\\0\r\n"<>') & set(plain)
    with suppress(filetypes.TypeRefused):
        mime = filetypes.type_of(head, name=words, claimed=claimed.decode("latin-1"))
        assert "/" in mime
        filetypes.full_name(plain, mime)


def draws(raw: bytes) -> None:
    with tempfile.TemporaryFile() as target, tempfile.NamedTemporaryFile() as source:
        source.write(raw)
        source.flush()
        with suppress(PictureRefused):
            assert redraw(Path(source.name), target).width


def opens_words(raw: bytes) -> None:
    """Ids, cursors, passes, tokens, addresses: all the short words that others bring back."""
    text = raw.decode("utf-8", "replace")
    with suppress(BadId):
        assert 0 <= number("msg", text) < 2**63
    with suppress(Reset):
        Log("0123456789ab").place(text)
    with suppress(passes.Spoiled):
        passes.read(text, key=KEY, channel=CHANNEL, at=NOON)
        raise AssertionError("a pass was guessed")
    with suppress(passes.Spoiled):
        passes.claims(text, key=KEY, channel=CHANNEL, at=NOON)
        raise AssertionError("a login was guessed")
    passes.find(text, channel=CHANNEL, key=KEY)
    assert tokens.case_of(text) is None
    with suppress(vault.Tampered):
        vault.unsign("fuzz", text, at=NOON)
        raise AssertionError("a link was guessed")
    addresses.is_public(text)


def opens_seals(raw: bytes) -> None:
    with suppress(vault.Unopenable):
        vault.open_(raw, row="fuzz:1")
        raise AssertionError("a sealed value was guessed")


def asks_pages(raw: bytes) -> None:
    wanted(QueryDict(raw)).address()


def hints(raw: bytes) -> None:
    """What the browser posts: refused as the door refuses it."""
    with suppress(msgspec.DecodeError):
        msgspec.json.decode(raw, type=live_hints.Said)


SIGNED = ("http", "whatsapp", "webchat", "email")
TARGETS: dict[str, Target] = {
    **{f"{kind}-parse": parses(kind) for kind in SIGNED},
    **{f"{kind}-unseal": unseals(kind) for kind in SIGNED},
    "cleaner": cleans,
    "letters": reads_letters,
    "files": names_files,
    "pictures": draws,
    "words": opens_words,
    "seals": opens_seals,
    "pages": asks_pages,
    "hints": hints,
}


BEGINNINGS: dict[str, tuple[bytes, ...]] = {
    "cleaner": tuple(piece.encode("utf-8", "replace") for piece in HOSTILE),
    "letters": (b"utf-7\n=?utf-8?B?w6g?= <a@b.c>", b"gb2312\n\xff\xfe", b"hz\n~{<:Ky2;S{#,~}"),
    "files": tuple(b"a.png\nimage/png\n" + head + b"\0" * 40 for head in PRINTS),
    "pictures": tuple(head + b"\0" * 40 for head in PRINTS),
    "words": (b"msg_000000000000C", b"0123456789ab.1.2", b"c1f-abcdef", b"eyJh.e30.x"),
    "hints": (b'{"case":"cas_0000000000001","typing":true}', b"{}"),
    "pages": (b"view=mine&sort=newest&team=tem_1&after=x", b"q=%ff&q=1"),
}


def seeds(name: str) -> Iterator[bytes]:
    """What a target starts from: samples, the hostile table, real beginnings."""
    kind, _, what = name.partition("-")
    mine = [sample for sample in samples() if sample.kind == kind]
    if what == "parse":
        yield from (sample.request().body for sample in mine)
    if what == "unseal":
        yield from (_call(sample) for sample in mine[:10])
    yield from BEGINNINGS.get(name, ())
    yield b""


def _call(sample: Sample) -> bytes:
    request = sample.request()
    lines = (f"{name}: {text}" for name, text in request.headers.items())
    return "\n".join(lines).encode() + b"\n\n" + request.body
