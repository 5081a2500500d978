"""The one password of the sample's people: chosen by the environment, or made and kept."""

from __future__ import annotations

import os
import secrets

from filo.core import home

WORDS = (
    "acqua",
    "brezza",
    "corallo",
    "duna",
    "faro",
    "gelso",
    "isola",
    "lago",
    "maestrale",
    "onda",
)


def password() -> str:
    """`FILO_SAMPLE_PASSWORD`, or the one that was made when the sample was first asked for."""
    if chosen := os.environ.get("FILO_SAMPLE_PASSWORD"):
        return chosen
    kept = home.home() / "sample-password"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text("-".join([*(secrets.choice(WORDS) for _ in range(3)), str(_digits())]))
    return kept.read_text()


def _digits() -> int:
    return 1000 + secrets.randbelow(9000)
