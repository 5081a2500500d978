"""What processes weigh: proportional set size, so that shared pages count once."""

from __future__ import annotations

from pathlib import Path

KIB = 1024


def pss(pid: int) -> int:
    """KiB of one process."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


def family(pid: int) -> list[int]:
    """A process and all that it started."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*"):
        try:
            children = (task / "children").read_text().split()
        except FileNotFoundError:
            continue
        for child in children:
            found += family(int(child))
    return found


def weights(pid: int) -> dict[str, int]:
    """KiB of a process and all that it started, by what they are; PostgreSQL as one."""
    found: dict[str, int] = {}
    for one in family(pid):
        try:
            words = Path(f"/proc/{one}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            weight = pss(one)
        except (FileNotFoundError, ProcessLookupError):
            continue
        name = _name(words)
        found[name] = found.get(name, 0) + weight
    return found


def _name(words: str) -> str:
    if "postgres" in words.split(" ")[0] or words.startswith("postgres"):
        return "PostgreSQL"
    for part in words.split():
        if part.startswith("filo."):
            last = part
    return last.rpartition(".")[2] if "filo." in words else words[:20]
