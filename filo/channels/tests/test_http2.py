"""A provider that speaks HTTP/2 alone, as Apple's push service does: the carrier speaks it too."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import h2.config
import h2.connection
import h2.events
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from filo.channels import registry
from filo.channels.carrier import Carrier
from filo.channels.contract import Call, Reply
from filo.core import fetcher


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Of `localhost`, signed by itself, and trusted by this process for one test."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "localhost.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(made.public_bytes(Encoding.PEM) + secret)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    fetcher._tls.cache_clear()
    yield path
    fetcher._tls.cache_clear()


class Newer(asyncio.Protocol):
    """One connection of a server that knows HTTP/2 and nothing else."""

    def __init__(self, seen: list[dict[str, str]]) -> None:
        self.seen = seen
        self.spoken = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        self.spoken.config.header_encoding = "utf-8"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.spoken.initiate_connection()
        transport.write(self.spoken.data_to_send())

    def data_received(self, data: bytes) -> None:
        for event in self.spoken.receive_data(data):
            if isinstance(event, h2.events.RequestReceived):
                self.seen.append({str(name): str(text) for name, text in event.headers})
            if isinstance(event, h2.events.StreamEnded):
                head = [(":status", "200"), ("apns-id", "A1")]
                self.spoken.send_headers(event.stream_id, head, end_stream=True)
        self.transport.write(self.spoken.data_to_send())


@asynccontextmanager
async def serving(certificate: Path, seen: list[dict[str, str]]) -> AsyncIterator[str]:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    tls.set_alpn_protocols(["h2"])
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Newer(seen), "127.0.0.1", 0, ssl=tls)
    yield f"https://localhost:{server.sockets[0].getsockname()[1]}"
    server.close()


def question(url: str) -> Generator[Call, Reply, Reply]:
    return (yield Call(url=url, json={"aps": {}}, http2=True, repeatable=True))


def test_a_call_that_wants_http2_speaks_it_over_tls(certificate: Path) -> None:
    seen: list[dict[str, str]] = []

    async def run() -> Reply:
        async with serving(certificate, seen) as address, Carrier(allow_private=True) as carrier:
            return await carrier.ask(
                question(f"{address}/3/device/a1"),
                config={},
                channel="chn_1",
                connector=registry.connector("http"),
            )

    reply = asyncio.run(run())
    assert (reply.status, reply.headers["apns-id"]) == (200, "A1")
    assert (seen[0][":method"], seen[0][":path"]) == ("POST", "/3/device/a1")
