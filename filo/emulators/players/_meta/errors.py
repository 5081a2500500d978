"""Meta's errors outside WhatsApp: a code, often a subcode, and words."""

from __future__ import annotations

import asyncio

from filo.emulators.accounts import Account
from filo.emulators.web import Answer, Refused
from filo.emulators.whims import indulge

WORDS = {
    "1": "An unknown error occurred",
    "2": "Service temporarily unavailable",
    "4": "Application request limit reached",
    "10": "Application does not have permission for this action",
    "10/2018108": "This person isn't receiving messages from you right now",
    "10/1893063": "The Page is temporarily restricted from sending",
    "10/2018278": "This message is sent outside of allowed window.",
    "10/2534022": "This message is sent outside of allowed window.",
    "32": "Page request limit reached",
    "100": "Invalid parameter",
    "100/33": "Unsupported request. Object does not exist or cannot be loaded",
    "100/1893061": "Invalid parameter",
    "100/2018001": "No matching user found",
    "100/2018047": "Upload attachment failure: the type does not match",
    "100/2534014": "The requested user cannot be found",
    "190": "Invalid OAuth access token",
    "190/460": "The session has been invalidated because the user changed the password",
    "190/463": "Error validating access token: Session has expired",
    "200": "Requires permission to manage the object",
    "230": "User consent is required to access user profile",
    "368": "The action attempted has been deemed abusive or is otherwise disallowed",
    "551/1545041": "This person isn't available right now.",
    "613": "Calls to this api have exceeded the rate limit",
    "10900": "Activity already replied to",
    "10903": "This user cannot reply to this activity",
}
RATES = {"4", "32", "613"}
STATUS = {"190": 401, "2": 503, "1": 500}
WISH = "#"  # begins a wish for one of these errors: `#190/463`


def refused(code: str, details: str = "") -> Refused:
    """The error as the Graph API answers it; `code` may have its subcode behind a slash."""
    number, _, sub = code.partition("/")
    words = details or WORDS.get(code, WORDS.get(number, "An error occurred"))
    error: dict[str, object] = {
        "message": f"(#{number}) {words}",
        "type": "OAuthException",
        "code": int(number),
        "fbtrace_id": "Emulated",
    }
    if sub:
        error["error_subcode"] = int(sub)
    headers = {}
    if number in RATES:
        usage = '{"1":[{"type":"messenger","call_count":100,"estimated_time_to_regain_access":1}]}'
        headers = {"x-business-use-case-usage": usage}
    return Refused(Answer.json({"error": error}, status=STATUS.get(number, 400), **headers))


async def wished(account: Account) -> str:
    """What shall go wrong with this call: an error at once, or the whim that the caller does."""
    if account.next and account.next[0].startswith(WISH):
        await asyncio.sleep(0)
        raise refused(account.next.pop(0).removeprefix(WISH))
    return await indulge(account.next)
