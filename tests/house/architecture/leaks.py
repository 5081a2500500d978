"""No secret stands in the repository: detect-secrets over all but what tests invent.

Known finds are listed by file with the reason why they are none; a file with more finds than
listed, or with fewer, fails.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import default_settings

from tests.house.architecture import tree

# file -> (how many, why they are no secrets)
KNOWN = {
    "docs/reference/channels.md": (2, "names of settings"),
    "docs/reference/environment.md": (1, "the shape of a database's address"),
    "filo/core/ids.py": (1, "the 32 digits of an id"),
    "filo/project/settings.py": (1, "the name of a connection's field"),
}
# Secrets of tests and samples are invented, and hashes are what lock files are made of.
SKIPPED = {".png", ".svg", ".txt", ".po", ".ico", ".woff2", ".css", ".sql", ".html"}


def main() -> int:
    finds = found(tree.ROOT, (tree.short(path) for path in tree.tracked() if is_looked_at(path)))
    told = complaints(Counter(name for name, _ in finds), finds)
    sys.stdout.write(
        "\n".join([*told, f"measure: {len(finds)} known finds, {len(told)} new"]) + "\n"
    )
    return 1 if told else 0


def is_looked_at(path: Path) -> bool:
    inside = path.relative_to(tree.ROOT)
    if path.suffix in SKIPPED or {"vendor", "samples", "migrations", "locale"} & set(inside.parts):
        return False
    return not (path.suffix == ".py" and tree.is_test(path))


def found(root: Path, names: Iterable[str]) -> list[tuple[str, int]]:
    """(file, line) of everything that looks like a secret."""
    collection = SecretsCollection(root=str(root))
    with default_settings():
        for name in names:
            collection.scan_file(name)
    return sorted((name, secret.line_number) for name, secret in collection)


def complaints(counted: Counter[str], finds: list[tuple[str, int]]) -> list[str]:
    new = [name for name, count in counted.items() if count > KNOWN.get(name, (0, ""))[0]]
    gone = [name for name, (count, _) in KNOWN.items() if counted[name] < count]
    lines = [f"{name}:{line}: looks like a secret" for name, line in finds if name in new]
    return lines + [
        f"{name}: fewer finds than tests/house/architecture/leaks.py says" for name in gone
    ]


if __name__ == "__main__":
    sys.exit(main())
