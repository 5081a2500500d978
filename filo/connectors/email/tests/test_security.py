"""Lines to mail servers are secured as asked; a certificate that is not valid is never ignored."""

from __future__ import annotations

import asyncio
import os
import shutil
import ssl
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from filo.channels.contract import Envelope, Handle, Later, Receipt, Reply, Text
from filo.channels.kit import converse
from filo.connectors.email import road
from filo.connectors.email.connector import connector
from filo.connectors.email.security import Security, context, security
from filo.emulators.mail_dovecot import Dovecot
from filo.emulators.mail_smtp import Post
from tests.post import free_port


@pytest.mark.parametrize(
    ("written", "port", "meant"),
    [
        ("tls", 1993, Security.TLS),
        ("SSL", 1993, Security.TLS),
        ("starttls", 993, Security.STARTTLS),
        ("none", 993, Security.NONE),
        ("False", 993, Security.NONE),
        ("true", 993, Security.TLS),
        ("true", 143, Security.STARTTLS),
        ("", 993, Security.TLS),
        ("", 143, Security.STARTTLS),
        ("whatever", 143, Security.STARTTLS),
    ],
)
def test_a_word_for_security_means_what_people_mean(
    written: str, port: int, meant: Security
) -> None:
    assert security(written, port=port, implicit=993) is meant


@pytest.fixture(scope="module")
def certificate() -> Iterator[Path]:
    """A certificate for localhost that nobody knows, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = Path(tempfile.mkdtemp(prefix="filo-tls-")) / "localhost.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    path.parent.chmod(0o755)  # dovecot's account reads it
    yield path
    shutil.rmtree(path.parent)


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As if the certificate came from an authority that this machine trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context.cache_clear()
    yield
    context.cache_clear()


def server_side(certificate: Path) -> ssl.SSLContext:
    side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    side.load_cert_chain(certificate)
    return side


# --- IMAP -----------------------------------------------------------------


@pytest.fixture(scope="module")
def dovecot(certificate: Path) -> Iterator[Dovecot]:
    place = Path(f"/tmp/filo-tls-{os.getpid()}")  # noqa: S108 -- sockets have short paths
    server = Dovecot(place, free_port(), certificate=certificate)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(place, ignore_errors=True)


def box(port: int, word: str) -> dict[str, str]:
    return {
        "address": "tls@town.example",
        "imap_host": "localhost",
        "imap_port": str(port),
        "imap_tls": word,
        "username": "tls@town.example",
        "password": "perché no",
    }


def look(config: dict[str, str]) -> str:
    try:
        return connector.poll(config, "")[1]
    finally:
        road.hang_up(threading.get_ident())


def test_starttls_is_spoken_to_a_mailbox(dovecot: Dovecot, trusted: None) -> None:
    assert look(box(dovecot.port, "starttls"))


def test_tls_from_the_first_byte_is_spoken_to_a_mailbox(
    dovecot: Dovecot, certificate: Path, trusted: None
) -> None:
    with wrapped(dovecot.port, certificate) as port:
        assert look(box(port, "tls"))


@pytest.mark.parametrize("word", ["starttls", "tls"])
def test_a_mailbox_with_an_unknown_certificate_is_not_entered(
    dovecot: Dovecot, certificate: Path, word: str
) -> None:
    context.cache_clear()
    with wrapped(dovecot.port, certificate) as port, pytest.raises(Later) as told:
        look(box(port if word == "tls" else dovecot.port, word))
    assert "certificate verify failed" in told.value.detail.lower()


@contextmanager
def wrapped(port: int, certificate: Path) -> Iterator[int]:
    """A TLS door in front of a plain server."""

    async def serve(own: int) -> None:
        async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            inner, outer = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.gather(_pipe(reader, outer), _pipe(inner, writer))

        side = server_side(certificate)
        server = await asyncio.start_server(carry, "127.0.0.1", own, ssl=side)
        ready.set()
        async with server:
            await asyncio.to_thread(over.wait)

    own, ready, over = free_port(), threading.Event(), threading.Event()
    door = threading.Thread(target=lambda: asyncio.run(serve(own)))
    door.start()
    ready.wait(5)
    yield own
    over.set()
    door.join(10)


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
    except (OSError, ssl.SSLError):
        pass
    finally:
        writer.close()


# --- SMTP -----------------------------------------------------------------


@pytest.fixture
def post(certificate: Path) -> Iterator[tuple[Post, int]]:
    """An SMTP server that offers STARTTLS."""
    post, port = Post(None), free_port()
    server = Controller(post, hostname="127.0.0.1", port=port, tls_context=server_side(certificate))
    server.start()
    yield post, port
    server.stop()


def say(port: int, word: str) -> Receipt:
    config = {
        "address": "tls@town.example",
        "smtp_host": "localhost",
        "smtp_port": str(port),
        "smtp_tls": word,
    }
    to = Handle("email", "anna@town.example")
    speech = connector.say(to, Text("Ciao"), config, Envelope(ref="d", at=datetime.now(UTC)))

    def carry(call: object) -> Reply:
        return asyncio.run(connector.carry(call, config))  # type: ignore[arg-type]

    return converse(speech, carry)


def test_starttls_is_spoken_to_a_post(post: tuple[Post, int], trusted: None) -> None:
    assert say(post[1], "starttls")
    assert len(post[0].seen) == 1


def test_tls_from_the_first_byte_is_spoken_to_a_post(
    post: tuple[Post, int], certificate: Path, trusted: None
) -> None:
    with wrapped(post[1], certificate) as port:
        assert say(port, "tls")
    assert len(post[0].seen) == 1


@pytest.mark.parametrize("word", ["starttls", "tls"])
def test_a_post_with_an_unknown_certificate_gets_no_mail(
    post: tuple[Post, int], certificate: Path, word: str
) -> None:
    context.cache_clear()
    with wrapped(post[1], certificate) as port, pytest.raises(Later):
        say(port if word == "tls" else post[1], word)
    assert not post[0].seen
