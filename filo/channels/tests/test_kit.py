from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from filo.channels.contract import (
    DeliveryClass,
    Doubtful,
    Failed,
    Forged,
    Later,
    Reply,
    Scope,
)
from filo.channels.kit import (
    check_signature,
    check_webhook,
    e164,
    from_epoch,
    new_secret,
    raise_for_reply,
    retry_after,
    sign_webhook,
    signature,
    spellings,
)

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
BODY = '{"è": 1}'.encode()


def test_our_webhooks_are_accepted_by_the_standard_library() -> None:
    secret, now = new_secret(), datetime.now(UTC)
    headers = sign_webhook(id="dlv_1", at=now, body=BODY, secret=secret)
    assert Webhook(secret).verify(BODY, headers) == {"è": 1}


def test_webhooks_of_the_standard_library_are_accepted_by_us() -> None:
    secret = new_secret()
    check_webhook(headers=signed_by_oracle(secret), body=BODY, secret=secret, at=NOON)


def test_a_bare_base64_secret_works_as_the_library_reads_it() -> None:
    secret = new_secret().removeprefix("whsec_")
    check_webhook(headers=signed_by_oracle(secret), body=BODY, secret=secret, at=NOON)


def test_during_a_rotation_both_secrets_are_good() -> None:
    old, new = new_secret(), new_secret()
    both = f"{new} {old}"

    check_webhook(headers=signed_by_oracle(old), body=BODY, secret=both, at=NOON)
    check_webhook(headers=signed_by_oracle(new), body=BODY, secret=both, at=NOON)
    two = sign_webhook(id="m1", at=NOON, body=BODY, secret=both)
    check_webhook(headers=two, body=BODY, secret=old, at=NOON)


@pytest.mark.parametrize("off", [timedelta(minutes=5, seconds=1), -timedelta(minutes=5, seconds=1)])
def test_an_old_or_early_webhook_is_forged(off: timedelta) -> None:
    secret = new_secret()
    with pytest.raises(Forged, match="time stamp"):
        check_webhook(headers=signed_by_oracle(secret), body=BODY, secret=secret, at=NOON + off)


@pytest.mark.parametrize("secret", ["", "  ", "whsec_", "whsec_?"])
def test_an_empty_secret_lets_nobody_in(secret: str) -> None:
    headers = {"webhook-id": "m1", "webhook-timestamp": str(int(NOON.timestamp()))}
    with pytest.raises(Forged, match="no secret"):
        check_webhook(headers=headers, body=BODY, secret=secret, at=NOON)


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_webhook_without_one_of_its_headers_is_forged(missing: str) -> None:
    secret = new_secret()
    headers = signed_by_oracle(secret)
    del headers[missing]
    with pytest.raises(Forged):
        check_webhook(headers=headers, body=BODY, secret=secret, at=NOON)


def signed_by_oracle(secret: str) -> dict[str, str]:
    mark = Webhook(secret).sign("m1", NOON, BODY.decode())
    stamp = str(int(NOON.timestamp()))
    return {"webhook-id": "m1", "webhook-timestamp": stamp, "webhook-signature": mark}


def test_a_body_signature_is_checked_with_and_without_its_mark() -> None:
    mark = signature(key="k", body=BODY)
    check_signature(given=mark, key="k", body=BODY)
    check_signature(given=mark.removeprefix("sha256="), key="k", body=BODY)


@pytest.mark.parametrize("given", ["", "sha256=", "sha256=00", "sha256=è"])
def test_a_wrong_body_signature_is_forged(given: str) -> None:
    with pytest.raises(Forged):
        check_signature(given=given, key="k", body=BODY)


def test_without_a_key_every_body_is_forged() -> None:
    with pytest.raises(Forged, match="no key"):
        check_signature(given=signature(key="", body=BODY), key="", body=BODY)


def test_milliseconds_are_understood() -> None:
    assert from_epoch("1767355200") == from_epoch(1767355200000) == NOON


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("+39 333 123-4567", "+393331234567"),
        ("0039 (333) 1234567", "+393331234567"),
        ("333 1234567", ""),
        ("+0391234567", ""),
        ("+39", ""),
        ("", ""),
    ],
)
def test_a_number_is_kept_only_with_its_country(written: str, meant: str) -> None:
    assert e164(written) == meant


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+55 11 98765-4321", "+55 11 8765-4321"),
        ("+52 1 55 1234 5678", "+52 55 1234 5678"),
        ("+54 9 11 2345-6789", "+54 11 2345-6789"),
    ],
)
def test_regression_8_a_mobile_in_two_national_formats_is_one_number(one: str, other: str) -> None:
    """chatwoot#13808"""
    assert e164(one, mobile=True) == e164(other, mobile=True) != ""
    assert e164(one, mobile=True) in spellings(other)


@pytest.mark.parametrize("landline", ["+551132345678", "+541123456789", "+525512345678"])
def test_a_landline_keeps_its_number(landline: str) -> None:
    assert e164(landline) == landline


@pytest.mark.parametrize(
    ("status", "verdict", "scope"),
    [
        (429, Later, Scope.CHANNEL),
        (503, Later, Scope.CHANNEL),
        (500, Later, Scope.MESSAGE),
        (401, Failed, Scope.CHANNEL),
        (302, Failed, Scope.CHANNEL),
        (400, Failed, Scope.MESSAGE),
    ],
)
def test_a_status_has_one_verdict(status: int, verdict: type[Later | Failed], scope: Scope) -> None:
    with pytest.raises(verdict) as told:
        raise_for_reply(Reply(status, b"no"))
    assert isinstance(told.value, Later | Failed)
    assert told.value.scope is scope


def test_a_broken_gateway_leaves_doubt_unless_the_delivery_has_a_key() -> None:
    with pytest.raises(Doubtful):
        raise_for_reply(Reply(502), delivery=DeliveryClass.FIRE)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": "9" * 30}, 86_400),
        (
            {
                "retry-after": "Fri, 02 Jan 2026 12:01:00 GMT",
                "date": "Fri, 02 Jan 2026 12:00:00 GMT",
            },
            60,
        ),
        ({"retry-after": "Fri, 02 Jan 2026 12:01:00 GMT"}, 5),
        ({"retry-after": "soon"}, 5),
        ({}, 5),
    ],
)
def test_we_wait_as_long_as_we_are_asked(headers: dict[str, str], seconds: int) -> None:
    assert retry_after(Reply(429, b"", headers)) == timedelta(seconds=seconds)
