"""Is the sender who the mail says? What the mailbox's own server found (RFC 8601, 7489).

Anybody can write a From line. Only the topmost `Authentication-Results` of the server that the
administrator named counts: all below it, and all of other names, can be written by the sender.
"""

from __future__ import annotations

import re

from filo.channels.contract import Config, Request
from filo.connectors.email.head import Head

# The name is the same for every mailbox there.
KNOWN = {"imap.gmail.com": "mx.google.com", "ses": "amazonses.com"}
METHODS = {"dkim", "spf"}
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"(@?)')
_MARK = re.compile(r"[^\w.@+-]")
_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"\s*([a-z-]+)\s*=\s*([a-z]+)", re.ASCII)
_PROPERTY = re.compile(r"\b(header\.d|header\.i|smtp\.mailfrom)\s*=\s*\"?([^\s;\"]+)", re.ASCII)


def is_unproved(head: Head, request: Request, sender: str) -> bool:
    """The server looked, and this address may be anybody's. False where nobody looked."""
    results = request.headers.get("x-filo-results", "").lower() or _written(head, request)
    if not results:
        return False
    verdicts = [_read(each) for each in results.split(";")]
    dmarc = next((verdict for method, verdict, _ in verdicts if method == "dmarc"), "")
    if dmarc in {"pass", "fail"}:
        return dmarc == "fail"
    domain = sender.rpartition("@")[2]
    passed = [of for method, verdict, of in verdicts if verdict == "pass" and method in METHODS]
    return not any(_aligned(of, domain) for of in passed)


def _written(head: Head, request: Request) -> str:
    trusted = _trusted(request.settings)
    found = next(iter(head.all("authentication-results")), "")
    server, _, results = _COMMENT.sub(" ", _QUOTED.sub(_harmless, found.lower())).partition(";")
    return (results or "none") if trusted and server.split()[:1] == [trusted] else ""


def _harmless(quoted: re.Match[str]) -> str:
    """Nothing that a sender put in quotes before their domain parts, begins or names a verdict."""
    return "quoted@" if quoted[2] else f'"{_MARK.sub("_", quoted[1])}"'


def _trusted(settings: Config) -> str:
    named = settings.get("trusted_results", "").strip().lower()
    where = settings.get("provider", "") or settings.get("imap_host", "")
    if where == "mailbox":
        where = settings.get("imap_host", "")
    return named or KNOWN.get(where.strip().lower(), "")


def _read(result: str) -> tuple[str, str, str]:
    """Method, verdict and the domain that it is about."""
    found = _RESULT.match(result)
    named = _PROPERTY.search(result)
    domain = named[2].rpartition("@")[2] if named else ""
    return (found[1], found[2], domain) if found else ("", "", "")


def _aligned(one: str, other: str) -> bool:
    """In the relaxed way: one is the other's, or lies below it; never a whole top level."""
    if not one or not other or "." not in one or "." not in other:
        return False
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")
