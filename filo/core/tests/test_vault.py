from __future__ import annotations

import base64
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filo.core import home, sealing, vault

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "keys" / "filo.key"
    monkeypatch.setenv("FILO_KEY_FILE", str(path))
    home.make_key()
    return path


def test_what_is_sealed_for_a_row_is_opened_for_that_row() -> None:
    sealed = vault.seal(b"EAAG-token", row="channels_channel:7")

    assert vault.open_(sealed, row="channels_channel:7") == b"EAAG-token"
    assert b"EAAG-token" not in sealed


def test_the_same_secret_never_looks_the_same_twice() -> None:
    assert vault.seal(b"x", row="r") != vault.seal(b"x", row="r")


def test_threat_20_a_value_moved_to_another_row_does_not_open() -> None:
    ours = vault.seal(b"ours", row="channels_channel:7")

    with pytest.raises(vault.Unopenable):
        vault.open_(ours, row="channels_channel:8")


def test_any_shorter_value_does_not_open() -> None:
    sealed = vault.seal(b"secret", row="r")

    for length in range(len(sealed)):
        with pytest.raises(vault.Unopenable):
            vault.open_(sealed[:length], row="r")


def test_any_flipped_bit_does_not_open() -> None:
    sealed = vault.seal(b"secret", row="r")

    for place in range(len(sealed) * 8):
        bent = bytearray(sealed)
        bent[place // 8] ^= 1 << place % 8
        with pytest.raises(vault.Unopenable):
            vault.open_(bytes(bent), row="r")


def test_after_a_rotation_old_values_open_and_new_ones_use_the_new_key() -> None:
    old = vault.seal(b"old", row="r")

    number = vault.rotate()

    new = vault.seal(b"new", row="r")
    assert vault.open_(old, row="r") == b"old"
    assert vault.open_(new, row="r") == b"new"
    assert vault.is_old(old)
    assert not vault.is_old(new)
    assert number == 2


def test_a_process_that_did_not_rotate_learns_the_new_key_when_it_meets_it(key_file: Path) -> None:
    vault.seal(b"", row="r")
    before = key_file.read_text()
    vault.rotate()
    new, after = vault.seal(b"new", row="r"), key_file.read_text()
    key_file.write_text(before)
    vault._read.cache_clear()
    vault.seal(b"", row="r")

    key_file.write_text(after)

    assert vault.open_(new, row="r") == b"new"


def test_a_lost_key_is_told_and_nothing_is_guessed(key_file: Path) -> None:
    vault.seal(b"", row="r")
    before = key_file.read_text()
    vault.rotate()
    new = vault.seal(b"new", row="r")
    key_file.write_text(before)
    vault._read.cache_clear()

    with pytest.raises(vault.UnknownKey, match="key 2"):
        vault.open_(new, row="r")


def test_a_rotated_key_file_is_readable_by_its_owner_alone(key_file: Path) -> None:
    vault.rotate()

    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    left = sorted(path.name for path in key_file.parent.iterdir())
    assert left == [".filo.key.lock", "filo.key"]


def test_a_rotation_elsewhere_is_never_lost(key_file: Path) -> None:
    vault.seal(b"", row="r")
    behind = vault._read(key_file)
    vault.rotate()
    theirs = vault.seal(b"theirs", row="r")
    vault._read.cache_clear()
    key_file_now = key_file.read_text()
    key_file.write_text(key_file_now.splitlines()[0] + "\n")
    assert vault._read(key_file).keys == behind.keys
    key_file.write_text(key_file_now)

    assert vault.rotate() == 3

    assert vault.open_(theirs, row="r") == b"theirs"


def test_without_a_key_nothing_is_sealed_under_a_new_one_in_silence(key_file: Path) -> None:
    key_file.unlink()
    vault._read.cache_clear()

    with pytest.raises(home.NoKey):
        vault.seal(b"x", row="r")


@pytest.mark.parametrize("text", ["", "short", "\n\n", "A" * 42 + "==", "é" * 44])
def test_a_broken_key_file_stops_everything(key_file: Path, text: str) -> None:
    key_file.write_text(text)
    vault._read.cache_clear()

    with pytest.raises(vault.BadKeyFile):
        vault.seal(b"x", row="r")


def test_keys_are_not_shown_by_accident() -> None:
    vault.seal(b"x", row="r")
    ring = vault._ring()

    assert base64.b64encode(ring.key(1)).decode() not in repr(ring)
    assert repr(ring.key(1)) not in repr(ring)


def test_each_purpose_has_a_key_of_its_own() -> None:
    assert vault.derive("files") == vault.derive("files")
    assert len({vault.derive("files"), vault.derive("visitors"), vault._ring().key(1)}) == 3


def test_a_signed_text_comes_back_until_it_expires() -> None:
    token = vault.sign("files", "att_1|inline", expires=NOON)

    assert vault.unsign("files", token, at=NOON - timedelta(seconds=1)) == "att_1|inline"
    with pytest.raises(vault.Expired):
        vault.unsign("files", token, at=NOON)


def test_a_token_for_one_purpose_is_nothing_for_another() -> None:
    token = vault.sign("files", "7")

    with pytest.raises(vault.Tampered):
        vault.unsign("visitors", token, at=NOON)


@pytest.mark.parametrize("token", ["", ".", "a", "a.", ".a", "NQ.1", "é.é", "fDc.1" + "a" * 26])
def test_words_that_are_no_tokens_are_refused(token: str) -> None:
    with pytest.raises(vault.Tampered):
        vault.unsign("files", token, at=NOON)


def test_a_token_of_an_older_key_is_still_ours() -> None:
    token, mark = vault.sign("files", "7"), vault.stamp("case", "cas_1")
    vault.rotate()

    assert vault.unsign("files", token, at=NOON) == "7"
    assert vault.proves("case", "cas_1", mark)


def test_threat_16_a_stamp_cut_lengthened_or_changed_proves_nothing() -> None:
    mark = vault.stamp("case", "cas_1")

    wrong = [mark[:n] for n in range(len(mark))]
    wrong += [mark + letter for letter in "a1 \n="] + [" " + mark, "0" + mark, mark.upper()]
    for place, letter in enumerate(mark):
        wrong += [mark[:place] + other + mark[place + 1 :] for other in "abz27" if other != letter]
    assert vault.proves("case", "cas_1", mark)
    assert [word for word in wrong if vault.proves("case", "cas_1", word)] == []
    assert not vault.proves("case", "cas_2", mark)


@given(st.text(max_size=60), st.text(max_size=12))
def test_any_text_survives_signing(text: str, noise: str) -> None:
    token = vault.sign("any", text)

    assert vault.unsign("any", token, at=NOON) == text
    if noise:
        with pytest.raises(vault.Tampered):
            vault.unsign("any", token + noise, at=NOON)


def test_settings_are_sealed_as_one_and_opened_for_their_row_alone() -> None:
    sealed = sealing.seal_settings({"token": "EAAG", "name": "Caffè"}, row="channels_channel:7")

    assert sealing.open_settings(sealed, row="channels_channel:7") == {
        "token": "EAAG",
        "name": "Caffè",
    }
    with pytest.raises(vault.Unopenable):
        sealing.open_settings(sealed, row="channels_channel:8")
