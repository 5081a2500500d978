"""What X refuses: problems as it writes them, its limits, how it weighs words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from filo.emulators.web import Answer, Refused
from filo.emulators.world import moment

if TYPE_CHECKING:
    from filo.emulators.accounts import Account

PROBLEMS = "https://api.twitter.com/2/problems/"
QUARTER = 900.0
LIMITS = {"posts": 100, "messages": 15, "events": 15, "mentions": 300, "changes": 50}
LONGEST, LONGEST_PREMIUM, LONGEST_MESSAGE = 280, 25_000, 10_000
MOST_PHOTOS = 4
_URL = re.compile(r"https?://\S+")
_CASHTAG = re.compile(r"(?<!\w)\$[A-Za-z]{1,6}\b")
_LIGHT = ((0x0, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))

# wish -> HTTP status, type of the problem, title, detail
WISHES = {
    "summoned": (
        403,
        "not-authorized-for-resource",
        "Forbidden",
        "You can only reply to or quote posts where you are mentioned or are the author.",
    ),
    "engaged": (
        403,
        "not-authorized-for-resource",
        "Forbidden",
        "Reply to this conversation is not allowed because you have not been mentioned or "
        "otherwise engaged by the author",
    ),
    "187": (403, "", "Forbidden", "You are not allowed to create a Tweet with duplicate content."),
    "349": (403, "", "Forbidden", "You cannot send messages to this user."),
    "453": (403, "client-forbidden", "Client Forbidden", "Your plan lacks this endpoint."),
    "capped": (429, "usage-capped", "UsageCapExceeded", "Usage cap exceeded: Monthly product cap"),
}


def problem(status: int, kind: str, title: str, detail: str, **headers: str) -> Refused:
    told = {"title": title, "detail": detail, "status": status}
    told["type"] = PROBLEMS + kind if kind else "about:blank"
    return Refused(Answer.json(told, status=status, **headers))


def wished(wish: str) -> Refused | None:
    return problem(*WISHES[wish]) if wish in WISHES else None


def invalid(detail: str) -> Refused:
    return problem(400, "invalid-request", "Invalid Request", detail)


def missing(what: str) -> Refused:
    return problem(404, "resource-not-found", "Not Found Error", f"Could not find {what}.")


def unauthorized() -> Refused:
    return problem(401, "", "Unauthorized", "Unauthorized")


# --- limits -----------------------------------------------------------------


def count(account: Account, what: str) -> dict[str, str]:
    """One call more in this quarter of an hour; the headers that every answer has."""
    most = int(account.options.get("limits", {}).get(what, LIMITS[what]))
    pots: dict[str, Any] = account.state.setdefault("limits", {})
    left, reset = pots.get(what, (most, 0.0))
    if reset <= moment():
        left, reset = most, moment() + float(account.options.get("quarter", QUARTER))
    headers = {
        "x-rate-limit-limit": str(most),
        "x-rate-limit-remaining": str(max(0, left - 1)),
        "x-rate-limit-reset": str(int(reset)),
    }
    if left <= 0:
        raise problem(429, "", "Too Many Requests", "Too Many Requests", **headers)
    pots[what] = (left - 1, reset)
    return headers


# --- words ------------------------------------------------------------------


def weight(text: str) -> int:
    """An address counts 23, a sign outside the light ranges 2."""
    bare, links = _URL.subn("", text)
    return links * 23 + sum(1 if _is_light(ord(sign)) else 2 for sign in bare)


def _is_light(point: int) -> bool:
    return any(first <= point <= last for first, last in _LIGHT)


def check_words(account: Account, text: str, media: list[str]) -> None:
    if not text and not media:
        raise invalid("One or more parameters to your request was invalid: text or media.")
    longest = LONGEST_PREMIUM if account.options.get("premium") else LONGEST
    if weight(text) > longest:
        raise invalid("Your Tweet text is too long. For more information, see the docs.")
    if len(media) > MOST_PHOTOS:
        raise invalid("media.media_ids: at most 4")
    if len(_CASHTAG.findall(text)) > 1 and not enterprise(account):
        raise invalid("At most one cashtag in a post.")


def enterprise(account: Account) -> bool:
    tier = account.settings.get("tier") or account.options.get("tier", "")
    return tier == "enterprise"


def mentions(text: str, username: str) -> bool:
    return bool(re.search(rf"(?<!\w)@{re.escape(username)}\b", text, re.IGNORECASE))
