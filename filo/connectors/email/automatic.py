"""Mail that no person wrote: told by its head (RFC 3834 and what programs really send)."""

from __future__ import annotations

import re

from filo.connectors.email.head import Head

ROBOTS = re.compile(
    r"(?:^|[.+_-])(?:mailer-daemon|postmaster|no[._-]?reply|do[._-]?not[._-]?reply|bounces?)"
    r"(?:[.+_@-]|$)"
)
AWAY = re.compile(
    r"vacation|out of (?:the )?office|fuori sede|assenza|abwesen|automatic reply|"
    r"risposta automatica|autoreply|auto:",
    re.IGNORECASE,
)
SUPPRESS = {"all", "autoreply", "oof", "dr", "rn", "nrn"}
LOUD = ("x-autoreply", "x-autorespond", "x-autoresponse", "x-ms-exchange-inbox-rules-loop")
LISTS = ("list-id", "list-unsubscribe", "list-post", "feedback-id")


def why(head: Head, *, sender: str, address: str) -> str:
    """`away`, `robot`, `list`, or empty when a person seems to have written."""
    submitted = head.raw("auto-submitted").lower().strip()
    replied = (submitted and submitted != "no") or _suppressed(head) or any(map(head.all, LOUD))
    if replied or _precedence(head) == "auto_reply":
        return "away" if AWAY.search(submitted + " " + head.text("subject")) else "robot"
    if _is_robot(head, sender):
        return "robot"
    return "list" if _is_list(head, address) else ""


def is_own(head: Head, *, address: str, loop: str) -> bool:
    """Did we write it? Then it came round, and nothing may answer it."""
    return bool(loop) and loop in {value.strip().lower() for value in head.all("x-loop")}


def _is_robot(head: Head, sender: str) -> bool:
    returned = head.raw("return-path").replace(" ", "")
    looped = any(value.strip().lower() not in {"", "no"} for value in head.all("x-loop"))
    report = head.raw("content-type").lower().lstrip().startswith("multipart/report")
    return returned == "<>" or looped or report or bool(ROBOTS.search(sender))


def _is_list(head: Head, address: str) -> bool:
    # A company's mailbox may itself be a group (Google): its own list is no mailing list.
    if address and address.replace("@", ".") in head.raw("list-id").lower():
        return False
    return _precedence(head) in {"bulk", "list", "junk"} or any(map(head.all, LISTS))


def _suppressed(head: Head) -> bool:
    asked = {
        word.strip().lower() for v in head.all("x-auto-response-suppress") for word in v.split(",")
    }
    return not SUPPRESS.isdisjoint(asked)


def _precedence(head: Head) -> str:
    return head.raw("precedence").strip().lower()
