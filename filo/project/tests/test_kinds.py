"""`filo channels kinds`: what could be connected."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from filo.channels import registry
from filo.project.cli import app


def test_every_kind_is_listed_with_what_it_can_do() -> None:
    told = CliRunner().invoke(app, ["channels", "kinds", "--json"])

    listed = json.loads(told.stdout)
    assert [one["kind"] for one in listed] == registry.kinds()
    assert {frozenset(one) for one in listed} == {
        frozenset({"kind", "public", "window", "delivery_class", "parts"})
    }
    for one, card in zip(listed, registry.cards(), strict=True):
        assert one["delivery_class"] == card.delivery.value
        assert len(one["parts"]) == len(card.can.parts)


def test_people_read_one_line_a_kind() -> None:
    told = CliRunner().invoke(app, ["channels", "kinds"])
    assert [line.split()[0] for line in told.stdout.splitlines()] == registry.kinds()
