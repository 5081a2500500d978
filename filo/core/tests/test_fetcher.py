from __future__ import annotations

import asyncio
import ipaddress
import ssl
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from filo.core.addresses import is_private, is_public
from filo.core.fetcher import (
    Fetched,
    ForbiddenAddress,
    NotFetched,
    SafeNetwork,
    TooLarge,
    fetch,
    resolve_once,
    safe_client,
)

pytestmark = pytest.mark.anyio

PUBLIC = "93.184.215.14"
NAMES = {
    "public.test": [PUBLIC],
    "inside.test": ["10.0.0.5"],
    "self.test": ["127.0.0.1"],
    "six.test": ["::1"],
    "mixed.test": [PUBLIC, "192.168.1.1"],
    "localhost.": ["127.0.0.1"],
}

# The 22 addresses of the reliability and security bar, section 6.2.
FORBIDDEN = [
    "http://127.0.0.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://0.0.0.0/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/",
    "http://[fd00::1]/",
    "http://224.0.0.1/",
    "http://192.0.2.1/",
    "http://inside.test/",
    "http://six.test/",
    "http://mixed.test/",
    "http://rebinding.test/",
    "http://public.test@127.0.0.1/",
    "http://localhost./",
    "file:///etc/passwd",
    "http://public.test/redirect-inside",
]
MORE_FORBIDDEN = [
    "http://127.1/",
    "http://[::]/",
    "http://[fe80::1]/",
    "http://[ff02::1]/",
    "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
    "http://[64:ff9b:1::1]/",
    "http://[::127.0.0.1]/",
    "http://10.1.2.3/",
    "http://172.31.0.1/",
    "http://192.168.0.1/",
    "http://198.18.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://168.63.129.16/",
    "http://100.100.100.200/",
    "https://self.test/",
    "http://public.test:22/",
    "http://public.test:8080/",
    "gopher://public.test/",
    "ftp://public.test/",
    "http:///nothing",
    "//public.test/",
    "data:text/html,hello",
    "javascript:alert(1)",
    "http://user:secret@public.test/",
    "",
]

Resolve = Callable[[str, int], Awaitable[list[str]]]


class Watch:
    """Sees every connect() of this interpreter, and lets none through while it is on guard."""

    def __init__(self) -> None:
        self.on_guard = False
        self.tried: list[object] = []

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.on_guard and event == "socket.connect":
            self.tried.append(arguments[1])
            raise ConnectionRefusedError("a test must not connect")


WATCH = Watch()
sys.addaudithook(WATCH)


@pytest.fixture
def watch() -> Iterator[Watch]:
    WATCH.tried, WATCH.on_guard = [], True
    yield WATCH
    WATCH.on_guard = False


class Wire(httpcore.AsyncMockBackend):
    """A network that writes down whom it was asked to connect to, and plays one answer."""

    def __init__(self, *answer: bytes) -> None:
        super().__init__([b"".join(answer)])
        self.connected: list[str] = []

    async def connect_tcp(self, host: str, *rest: Any, **more: Any) -> httpcore.AsyncNetworkStream:
        self.connected.append(host)
        return await super().connect_tcp(host, *rest, **more)


def redirect(to: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()


def names() -> Resolve:
    """The names above; one that changes its answer; numbers as the machine itself reads them."""
    rebound = iter([[PUBLIC, "127.0.0.1"], ["127.0.0.1"]])

    async def resolve(host: str, port: int) -> list[str]:
        if host == "rebinding.test":
            return next(rebound)
        return NAMES.get(host) or await resolve_once(host, port)

    return resolve


@pytest.mark.parametrize("url", FORBIDDEN + MORE_FORBIDDEN)
async def test_threat_19_no_connection_is_even_tried(url: str, watch: Watch) -> None:
    wire = Wire(redirect("http://127.0.0.1/admin"))

    with pytest.raises(NotFetched):
        await fetch(url, limit=1000, network=SafeNetwork(False, resolve=names(), inner=wire))

    assert set(wire.connected) <= {PUBLIC}
    assert watch.tried == []


def test_the_table_holds_the_22_addresses_of_the_bar() -> None:
    assert len(set(FORBIDDEN)) == 22


async def test_the_watch_would_see_a_plain_client(watch: Watch) -> None:
    with pytest.raises(httpx.ConnectError):
        async with httpx.AsyncClient(trust_env=False) as careless:
            await careless.get("http://127.0.0.1/")

    assert watch.tried == [("127.0.0.1", 80)]


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1/",
        "//127.0.0.1/",
        "http://inside.test/",
        "http://[::ffff:10.0.0.1]/",
        "file:///etc/passwd",
        "http://public.test:6379/",
        "http://a:b@public.test/",
        "http://mixed.test/",
    ],
)
async def test_every_redirect_is_judged_again(target: str, watch: Watch) -> None:
    wire = Wire(redirect(target))

    with pytest.raises(ForbiddenAddress):
        await fetch(
            "http://public.test/",
            limit=1000,
            network=SafeNetwork(False, resolve=names(), inner=wire),
        )

    assert wire.connected == [PUBLIC]
    assert watch.tried == []


async def test_a_name_that_changes_its_answer_is_asked_once_and_reached_where_it_was_judged() -> (
    None
):
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    wire = Wire(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    async def rebinding(host: str, port: int) -> list[str]:
        return next(answers)

    fetched = await fetch(
        "http://rebinding.test/",
        limit=10,
        network=SafeNetwork(False, resolve=rebinding, inner=wire),
    )

    assert fetched.body == b"ok"
    assert wire.connected == [PUBLIC]


async def test_a_development_flag_opens_this_machine_but_never_the_cloud_metadata() -> None:
    wire = Wire(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    network = SafeNetwork(True, resolve=names(), inner=wire)

    await fetch("http://self.test:8101/x", limit=10, network=network)
    with pytest.raises(ForbiddenAddress):
        await fetch("http://169.254.169.254/", limit=10, network=network)

    assert wire.connected == ["127.0.0.1"]


async def test_the_installation_decides_when_nobody_else_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("FILO_ALLOW_PRIVATE_ADDRESSES", raising=False)
    with pytest.raises(ForbiddenAddress):
        await fetch("http://127.0.0.1:9/", limit=10)

    monkeypatch.setenv("FILO_ALLOW_PRIVATE_ADDRESSES", "1")
    async with serving(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi") as address:
        assert (await fetch(address, limit=10)).body == b"hi"


@asynccontextmanager
async def serving(*answers: bytes) -> AsyncIterator[str]:
    """A real server on this machine, giving these answers in turn; after an empty one, silence."""
    coming = iter(answers)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while await reader.readuntil(b"\r\n\r\n"):
                answer = next(coming)
                writer.write(answer)
                await writer.drain()
                if not answer:
                    await reader.read()
                if b"Connection: close" in answer:
                    break
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/file"


async def test_a_file_comes_with_its_type_and_where_it_was_found() -> None:
    found = b"HTTP/1.1 200 OK\r\nContent-Type: Image/PNG; x=y\r\nContent-Length: 3\r\n\r\nabc"
    async with serving(redirect("/elsewhere"), found) as address:
        fetched = await fetch(address, limit=3, allow_private=True)

    assert fetched == Fetched(
        mime="image/png", body=b"abc", url=address.replace("file", "elsewhere")
    )


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcd",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabcd",
    ],
)
async def test_a_body_longer_than_agreed_is_refused(answer: bytes) -> None:
    async with serving(answer) as address:
        with pytest.raises(TooLarge):
            await fetch(address, limit=3, allow_private=True)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "answered 404"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx",
            "compressed",
        ),
        (b"nonsense\r\n\r\n", "illegal"),
    ],
)
async def test_an_answer_that_is_no_file_says_why(answer: bytes, why: str) -> None:
    async with serving(answer) as address:
        with pytest.raises(NotFetched, match=why):
            await fetch(address, limit=3, allow_private=True)


async def test_a_circle_of_redirects_ends() -> None:
    async with serving(*[redirect("/again")] * 9) as address:
        with pytest.raises(NotFetched, match="redirects"):
            await fetch(address, limit=3, allow_private=True)


async def test_a_server_that_says_nothing_is_left() -> None:
    async with serving(b"") as address:
        with pytest.raises(NotFetched, match="No whole answer"):
            await fetch(address, limit=3, allow_private=True, seconds=0.2)


async def test_connections_are_kept_and_used_again() -> None:
    wire_uses = 0
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    class Counting(httpcore.AnyIOBackend):
        async def connect_tcp(self, *rest: Any, **more: Any) -> httpcore.AsyncNetworkStream:
            nonlocal wire_uses
            wire_uses += 1
            return await super().connect_tcp(*rest, **more)

    async with (
        serving(answer, answer, answer) as address,
        safe_client(network=SafeNetwork(True, inner=Counting())) as client,
    ):
        for _ in range(3):
            assert (await client.get(address)).text == "ok"

    assert wire_uses == 1


async def test_a_proxy_of_the_environment_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9/")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9/")
    async with serving(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") as address:
        assert (await fetch(address, limit=3, allow_private=True)).body == b"ok"


def test_what_python_calls_not_global_is_not_public_for_us_either() -> None:
    samples = [f"{a}.{b}.0.1" for a in range(256) for b in range(0, 256, 5)]
    samples += [f"{first:x}::1" for first in range(0, 0x10000, 64)]

    careless = [
        text for text in samples if is_public(text) and not ipaddress.ip_address(text).is_global
    ]

    assert careless == []
    assert is_public("8.8.8.8")
    assert is_public("2606:4700::1111")
    assert not is_private("8.8.8.8")
    assert not is_public("not an address")


def certificate(folder: Path, name: str) -> ssl.SSLContext:
    """A server's own certificate, that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "both.pem").write_bytes(pem + signed.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    return context


async def test_tls_asks_for_the_name_and_not_for_the_address_and_believes_no_stranger(
    tmp_path: Path,
) -> None:
    asked: list[str | None] = []
    context = certificate(tmp_path, "self.test")
    context.sni_callback = lambda _socket, name, _context: asked.append(name)
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]

    async with server:
        with pytest.raises(NotFetched, match="self-signed"):
            await fetch(
                f"https://self.test:{port}/", limit=9, network=SafeNetwork(True, resolve=names())
            )

    assert asked == ["self.test"]
