"""Translations: the `.po` files are kept, the `.mo` files are made from them where Filo runs."""

from __future__ import annotations

from pathlib import Path

import polib

PACKAGE = Path(__file__).resolve().parent.parent


def compile_all() -> int:
    """Make every `.mo` that is missing or older than its `.po`; how many were made."""
    stale = [source for source in PACKAGE.glob("*/locale/*/LC_MESSAGES/*.po") if _is_stale(source)]
    for source in stale:
        polib.pofile(str(source)).save_as_mofile(str(source.with_suffix(".mo")))
    return len(stale)


def _is_stale(source: Path) -> bool:
    made = source.with_suffix(".mo")
    return not made.exists() or made.stat().st_mtime < source.stat().st_mtime


if __name__ == "__main__":
    compile_all()
