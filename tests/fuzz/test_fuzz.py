"""What fuzzing found stays mended, and a short run of it finds nothing new."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.__main__ import CRASHES, apart
from tests.fuzz.targets import TARGETS, seeds

SECONDS = 8


def crashes() -> list[Path]:
    return sorted(path for path in CRASHES.glob("*/*") if path.is_file())


@pytest.mark.parametrize(
    "crash", crashes(), ids=lambda path: f"{path.parent.name}-{path.name[:14]}"
)
def test_what_was_found_once_is_mended(crash: Path) -> None:
    TARGETS[crash.parent.name](crash.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_every_seed_is_eaten(name: str) -> None:
    for seed in seeds(name):
        TARGETS[name](seed)


@pytest.mark.parametrize("name", [name for name in TARGETS if name.endswith("-parse")])
@pytest.mark.parametrize(
    "raw",
    [b'{"events":[{"a":"\xff"}]}', b"[" * 100_000, b'{"object":' * 5_000, b'{"entry":"\xff\xfe"}'],
    ids=["letters", "brackets", "keys", "field"],
)
def test_letters_that_are_none_and_endless_brackets_are_no_errors(name: str, raw: bytes) -> None:
    """The class of the first finds: msgspec raises three kinds of errors over broken JSON."""
    TARGETS[name](raw)


@pytest.mark.slow
def test_a_short_run_finds_nothing() -> None:
    executed, finds, told = apart("mix", SECONDS)

    assert finds == 0, told
    assert executed > 100
