from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest

from filo.channels import registry
from filo.channels.contract import DeliveryClass


def test_every_folder_of_connectors_is_a_kind() -> None:
    assert "http" in registry.kinds()
    assert [card.kind for card in registry.cards()] == registry.kinds()


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(registry.NoSuchKind, match="pigeon"):
        registry.connector("pigeon")


def test_the_settings_of_a_channel_change_its_card() -> None:
    card = registry.card_of("http", {"class": "F", "window": "3600", "public": "true"})

    assert card.delivery is DeliveryClass.FIRE
    assert card.can.window == timedelta(hours=1)
    assert card.can.public
    assert registry.card_of("http", {"class": "", "window": ""}) == registry.connector("http").card


def test_finding_connectors_needs_no_django() -> None:
    line = "import sys; from filo.channels import registry; registry.cards(); print(*sys.modules)"
    modules = subprocess.run(  # noqa: S603
        [sys.executable, "-c", line], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "filo.connectors.http.connector" in modules
    assert not [name for name in modules if name.split(".")[0] in {"django", "httpx", "psycopg"}]
