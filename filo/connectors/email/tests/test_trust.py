"""Is the sender who the mail says, and do others believe that our mails are ours?"""

from __future__ import annotations

import base64

import dkim as dkimpy
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from filo.channels.contract import (
    Bundle,
    Envelope,
    Failed,
    Handle,
    Media,
    Part,
    Request,
    Said,
    Text,
)
from filo.connectors.email.connector import connector
from filo.connectors.email.tests.mails import NOON, mail

GUARD = "mx.brezza.example"
SETTINGS = {"address": "support@brezza.example", "trusted_results": GUARD}
RSA = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 -- for a moment
ED25519 = ed25519.Ed25519PrivateKey.generate()
ANNA = Handle("email", "anna@example.org", "Anna Bianchi")
LONG = Text("Perché no? " * 40 + "\n\n  rientrato\t\n\n\n")
KEYS = pytest.mark.parametrize("key", [RSA, ED25519], ids=["rsa", "ed25519"])


def heard(results: str, *, trusted: str = GUARD) -> Said:
    head = f"Authentication-Results: {results}" if results else ""
    raw = mail(f"{head}\n\nHello".encode())
    settings = SETTINGS | {"trusted_results": trusted}
    [fact] = connector.parse(Request(body=raw, at=NOON, settings=settings))
    assert isinstance(fact, Said)
    return fact


@pytest.mark.parametrize(
    "results",
    [
        f"{GUARD}; dmarc=fail (p=reject) header.from=example.org",
        f"{GUARD}; spf=pass smtp.mailfrom=bounce@evil.example; dkim=pass header.d=evil.example",
        f"{GUARD} 1; dkim=fail header.d=example.org; spf=softfail smtp.mailfrom=example.org",
        f"{GUARD}; none",
        f"{GUARD.upper()}; dkim=pass header.d=org",
        f"{GUARD}; dkim=pass header.d=notexample.org",
        f'{GUARD}; spf=pass smtp.mailfrom="x;dmarc=pass;y"@evil.example; dmarc=fail',
        f'{GUARD}; spf=pass smtp.mailfrom="anna@example.org"@evil.example',
        f'{GUARD}; spf=pass (of ");dmarc=pass;("@evil.example) smtp.mailfrom=x@evil.example',
    ],
)
def test_threat_16_who_only_claims_to_be_somebody_is_somebody_else(results: str) -> None:
    said = heard(results)

    assert (said.by.space, said.by.value) == ("email:unproved", "anna@example.org")
    assert said.context["sender"] == "unproved"


@pytest.mark.parametrize(
    "results",
    [
        f"{GUARD}; dmarc=pass header.from=example.org",
        f"{GUARD}; dkim=pass (2048-bit key) header.d=Example.org header.s=s1",
        f"{GUARD}; spf=pass smtp.mailfrom=anna@mail.example.org",
        f'{GUARD}; dkim=fail header.d=x.example; dkim=pass header.i="@example.org"',
    ],
)
def test_whom_their_own_domain_vouches_for_is_themselves(results: str) -> None:
    said = heard(results)

    assert (said.by.space, said.by.value) == ("email", "anna@example.org")
    assert "sender" not in said.context


@pytest.mark.parametrize(
    ("results", "trusted"),
    [
        ("mx.other.example; dmarc=fail", GUARD),
        (f"{GUARD}; dmarc=fail", ""),
        ("", GUARD),
        (f"x{GUARD}; dmarc=fail", GUARD),
    ],
)
def test_nobody_is_doubted_where_the_server_we_trust_said_nothing(
    results: str, trusted: str
) -> None:
    assert heard(results, trusted=trusted).by.space == "email"


def test_threat_16_a_verdict_that_the_sender_wrote_below_ours_counts_for_nothing() -> None:
    forged = f"{GUARD}; dmarc=fail\nAuthentication-Results: {GUARD}; dmarc=pass"

    assert heard(forged).by.space == "email:unproved"


@KEYS
def test_others_find_our_signature_good(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> None:
    raw = sent(key, LONG, Media("image/png", name="a.png", attachment="att_1"))

    assert is_good(raw, key)
    assert b"DKIM-Signature: v=1" in raw
    assert is_good(raw.replace(b"Subject: ", b"Subject:   "), key), "a relay may fold anew"


@KEYS
@pytest.mark.parametrize(
    ("before", "after"),
    [(b"Perch=C3=A9", b"Perche"), (b"anna@example.org", b"eva@example.org"), (b"Volo", b"Vola")],
)
def test_a_changed_mail_is_not_ours(
    key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey, before: bytes, after: bytes
) -> None:
    raw = sent(key, LONG)

    assert before in raw
    assert not is_good(raw.replace(before, after, 1), key)


def test_without_a_key_nothing_is_signed() -> None:
    assert b"DKIM" not in written({"address": "support@brezza.example"}, Text("Ciao"))


def test_a_key_that_is_none_stops_the_channel_with_a_word_on_it() -> None:
    config = {"address": "s@brezza.example", "dkim_selector": "filo", "dkim_key": "password"}
    with pytest.raises(Failed, match="no private key in PEM form"):
        written(config, Text("Ciao"))


def sent(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey, *parts: Part) -> bytes:
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    config = {"address": "support@brezza.example", "dkim_selector": "filo", "dkim_key": pem}
    return written(config, *parts)


def written(config: dict[str, str], *parts: Part) -> bytes:
    envelope = Envelope("dlv_1", NOON, subject="Volo BZ 318", references=("m1@example.org",))
    call = next(connector.say(ANNA, Bundle(parts), config, envelope))
    assert call.body is not None
    return call.body


def is_good(raw: bytes, key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> bool:
    """As dkimpy judges it, with our key in the DNS."""

    def dns(name: bytes, timeout: int = 5) -> bytes:
        assert name == b"filo._domainkey.brezza.example."
        return record(key)

    return bool(dkimpy.verify(raw, dnsfunc=dns))


def record(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        kind, form = "rsa", PublicFormat.SubjectPublicKeyInfo
        public = key.public_key().public_bytes(Encoding.DER, form)
    else:
        kind = "ed25519"
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return f"v=DKIM1; k={kind}; p={base64.b64encode(public).decode()}".encode()
