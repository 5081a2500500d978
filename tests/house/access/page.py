"""The page about permissions, written from the table: `python -m tests.house.access.page`."""

from __future__ import annotations

import sys

from tests.house.access.table import CALLERS, DOORS, OBJECTS, ROWS, RULES, Row, Rule
from tests.house.architecture import tree

PAGE = tree.ROOT / "docs" / "reference" / "permissions.md"
WORDS = {"y": "yes", "h": "hidden", "r": "refused", "-": ""}
HEAD = """\
# Permissions: who may ask what

Written by `python -m tests.house.access.page` from `tests/house/access/table.py`; do not edit it.
`tests/house/access/test_matrix.py` compares the rows with the maps of addresses (Django's, the
OpenAPI description, the raw doors), so an address without a row fails the build, and then asks for
every cell: {rows} endpoints, {callers} callers, up to {objects} objects: **{cells} cells**, each a
real request.

*Yes*: it is shown or done. *Hidden*: 404, or missing from a list; nothing tells it from what is not
there. *Refused*: 403, it is known, but may not be done. Whoever has not the credential of a door is
told to log in (302 or 401), whatever they name.

Callers: nobody, a visitor of the chat, a channel's provider, the collector of metrics; and an
agent, a stranger, a supervisor and an administrator, each by the cookie of their login and by their
API token.
"""


def permissions() -> str:
    """The whole page."""
    return "".join([_head(), _doors(), _objects(), _endpoints(), _rules()])


def size() -> int:
    return sum(len(row.rule.objects) * len(CALLERS) for row in ROWS)


def _head() -> str:
    return HEAD.format(rows=len(ROWS), callers=len(CALLERS), objects=len(OBJECTS), cells=size())


def _doors() -> str:
    rows = "".join(f"| {name} | {words} |\n" for name, words in DOORS.items())
    return f"\n## Doors\n\n| door | what opens it |\n|---|---|\n{rows}"


def _objects() -> str:
    head = (
        "\n## Objects\n\nSeen from the first team: the agent and the supervisor are of it, the"
        " *stranger* is an agent of another\nteam, the administrator of none.\n\n"
        "| object | whose |\n|---|---|\n"
    )
    return head + "".join(f"| {name} | {words} |\n" for name, words in OBJECTS.items())


def _endpoints() -> str:
    head = "\n## Endpoints\n\n| endpoint | door | rule |\n|---|---|---|\n"
    return head + "".join(map(_endpoint, ROWS))


def _endpoint(row: Row) -> str:
    path = row.path.partition("?")[0]
    rule = f"[{row.rule.name}](#{row.rule.name.replace(' ', '-').replace(chr(39), '')})"
    return f"| `{row.method} {path}` | {row.door} | {rule} |\n"


def _rules() -> str:
    return "\n## Rules\n" + "".join(map(_rule, RULES.values()))


def _rule(rule: Rule) -> str:
    things = rule.objects
    head = "".join(f" {thing} |" for thing in things)
    lines = "".join(
        f"| {role} |" + "".join(f" {WORDS[rule.cells[role, thing]]} |" for thing in things) + "\n"
        for role in dict.fromkeys(role for role, _ in rule.cells)
    )
    return f"\n### {rule.name}\n\n| |{head}\n|---|{'---|' * len(things)}\n{lines}"


if __name__ == "__main__":
    PAGE.write_text(permissions(), "utf-8")
    said = f"{len(ROWS)} endpoints, {len(CALLERS)} callers, {len(OBJECTS)} objects: {size()} cells"
    sys.stdout.write(said + "\n")
