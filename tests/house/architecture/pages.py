"""Pages of the reference that the code writes itself.

`python -m tests.house.architecture.pages` writes them anew; a test compares.
"""

from __future__ import annotations

from filo.channels import registry
from filo.channels.contract import Card, Setting
from tests.house.architecture import matrix, tree

SETTINGS = tree.ROOT / "docs" / "reference" / "settings.md"
HEAD = """\
# Settings of the channels

Written by `python -m tests.house.architecture.pages` from the connectors' cards; do not edit it.
How each connector behaves: [channels](channels.md). What an operator chooses:
[environment](environment.md).

A *secret* setting is sealed in the database and never shown again. A *made* one is invented by Filo
when it is left empty, and shown once.
"""
TABLE = """\
| setting | label | must be given | default | |
|---|---|---|---|---|
"""


def settings() -> str:
    """The whole page."""
    return HEAD + "".join(_section(card) for card in registry.cards())


def _section(card: Card) -> str:
    rows = "".join(_row(setting) for setting in card.settings)
    return f"\n## {card.kind}\n\n{_promise(card)}\n\n{TABLE}{rows}"


def _promise(card: Card) -> str:
    guide = f"../../filo/connectors/{card.kind}/GUIDE.md"
    return (
        f"{card.name}. Delivery class {card.delivery.value}; a call carries at most"
        f" {_size(card.body_limit)}. How to connect it: [guide]({guide})."
    )


def _size(limit: int) -> str:
    return f"{limit // 1024**2} MB" if limit >= 1024**2 else f"{limit // 1024} kB"


def _row(setting: Setting) -> str:
    default = f"`{setting.default}`" if setting.default else ""
    cells = (f"`{setting.name}`", setting.label, _must(setting), default, _more(setting))
    return "| " + " | ".join(cells) + " |\n"


def _must(setting: Setting) -> str:
    if setting.made:
        return "made"
    return "yes" if setting.required else "no"


def _more(setting: Setting) -> str:
    choices = ", ".join(f"`{choice}`" for choice in setting.choices)
    pieces = (
        "Secret." if setting.secret else "",
        setting.help,
        f"One of {choices}." if choices else "",
    )
    return " ".join(piece for piece in pieces if piece).replace("|", "\\|")


if __name__ == "__main__":
    SETTINGS.write_text(settings(), "utf-8")
    matrix.PAGE.write_text(matrix.page(), "utf-8")
