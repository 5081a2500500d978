"""What becomes of a message that a business sends: taken or refused, drawn, reported."""

from __future__ import annotations

from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import msgspec

from filo.core import clock
from filo.core.text import UNREADABLE
from filo.emulators.accounts import Bubble
from filo.emulators.players.sms import screens
from filo.emulators.players.sms.calls import call, sid
from filo.emulators.players.sms.desks import (
    AGENT,
    Form,
    agent_of,
    has_rcs,
    key_of,
    number_of,
    pool_of,
    state,
)
from filo.emulators.players.sms.errors import FROM, comes_late, refusal, wished_by
from filo.emulators.players.sms.segments import segments
from filo.emulators.web import Refused
from filo.emulators.world import moment

if TYPE_CHECKING:
    from filo.emulators.accounts import Account
    from filo.emulators.world import World

LONGEST, MOST_FILES = 1600, 10
RANK = ("", "scheduled", "accepted", "queued", "sending", "sent", "delivered", "read")
MMS = ("+1", "+61")  # by API a picture goes by MMS to North America and Australia only


def sender_of(form: Form, owners: list[Account]) -> Account:
    """Which of the account's numbers shall write."""
    given, service = form.one("From"), form.one("MessagingServiceSid")
    if not given and not service:
        raise Refused(refusal("21603"))
    if given in FROM:
        raise Refused(refusal(FROM[given]))
    for account in owners:
        if service and service == pool_of(account):
            return account
        if given and given in (number_of(account), agent_of(account), "+15005550006"):
            return account
    raise Refused(refusal("21606"))


def take(world: World, account: Account, form: Form) -> dict[str, Any]:
    """Check it as Twilio does, keep it, and answer its resource."""
    to = form.one("To").removeprefix(AGENT)
    _check(account, form, to)
    road = _road(account, form, to)
    drawn = _drawn(account, form, road)
    if road == screens.SMS and form.all("MediaUrl") and not to.startswith(MMS):
        raise Refused(refusal("21612"))
    made = _resource(world, account, form, road, to)
    made |= {"content": drawn, "callback": form.one("StatusCallback")}
    state(account, "messages")[made["sid"]] = made
    return made


def _check(account: Account, form: Form, to: str) -> None:
    code = _wrong(form, to) or wished_by(to)
    if code and not comes_late(code):
        raise Refused(refusal(code))
    if to in state(account, "stopped"):
        raise Refused(refusal("21610"))


def _wrong(form: Form, to: str) -> str:
    said = [name for name in ("Body", "MediaUrl", "ContentSid") if form.one(name)]
    checks = {
        "21604": not to,
        "21211": not to.removeprefix("+").isdigit() or not 7 <= len(to) <= 16,
        "21602": not said,
        "21617": len(form.one("Body")) > LONGEST,
        "21605": len(form.all("MediaUrl")) > MOST_FILES,
        "21620": not all(one.startswith(("http://", "https://")) for one in form.all("MediaUrl")),
    }
    return next((code for code, wrong in checks.items() if wrong), "")


def _road(account: Account, form: Form, to: str) -> str:
    """RCS first where the service has an agent and the phone can; else, or by number, SMS."""
    if form.one("From").startswith(AGENT) or form.one("To").startswith(AGENT):
        return screens.RCS
    by_service = form.one("MessagingServiceSid") and agent_of(account)
    return screens.RCS if by_service and has_rcs(account, to) else screens.SMS


def _drawn(account: Account, form: Form, road: str) -> list[Any]:
    if not (content := form.one("ContentSid")):
        files = form.all("MediaUrl")
        body = form.one("Body")
        drawn = [screens.picture(one, body if not at else "") for at, one in enumerate(files)]
        return [list(one) for one in drawn or [screens.words(body)]]
    kept = state(account, "contents").get(content)
    if kept is None:
        raise Refused(refusal("20404"))
    found = screens.rich(kept["types"], _variables(form), road)
    if found is None:
        raise Refused(refusal("21602"))
    return [list(found)]


def _variables(form: Form) -> dict[str, str]:
    try:
        return msgspec.json.decode(form.one("ContentVariables") or "{}", type=dict[str, str])
    except UNREADABLE as why:
        raise Refused(refusal("21602")) from why


def _resource(world: World, account: Account, form: Form, road: str, to: str) -> dict[str, Any]:
    body, files = form.one("Body"), form.all("MediaUrl")
    rcs = road == screens.RCS
    now = clock.now()
    return {
        "sid": sid(world, "MM" if files else "SM"),
        "account_sid": account.settings["account_sid"],
        "messaging_service_sid": form.one("MessagingServiceSid") or None,
        "status": "accepted" if form.one("MessagingServiceSid") else "queued",
        "direction": "outbound-api",
        "from": agent_of(account) if rcs else form.one("From") or number_of(account),
        "to": AGENT + to if rcs else to,
        "body": body,
        "num_segments": "1" if rcs else str(segments(body)),
        "num_media": str(len(files)),
        "price": None,
        "price_unit": "USD",
        "error_code": None,
        "error_message": None,
        "date_created": format_datetime(now),
        "date_sent": format_datetime(now),
        "made": now.strftime("%Y-%m-%dT%H:%M:%S.%f"),
        "road": road,
    }


# --- on the phone, and told -----------------------------------------------


async def follow(world: World, account: Account, message: str, *, error: str = "") -> None:
    """Draw it, and send the callbacks, as orderly as the account's options want."""
    made = state(account, "messages")[message]
    to = made["to"].removeprefix(AGENT)
    late = error or wished_by(to)
    if made["road"] == screens.RCS and not has_rcs(account, to):
        late = late or "30003"
    if not late:
        _draw(world, account, made, to)
    states = ["sent", "undelivered"] if late else ["sent", "delivered"]
    if account.options.get("skip_delivered") and not late:
        states = ["sent"]
    if account.options.get("reads") and made["road"] == screens.RCS and not late:
        states.append("read")
    for one in reversed(states) if account.options.get("out_of_order") else states:
        await report(world, account, made, one, error=late)


def _draw(world: World, account: Account, made: dict[str, Any], to: str) -> None:
    talk = world.accounts.talk(account, key_of(to))
    for at, (kind, content) in enumerate(made["content"]):
        bubble = Bubble(made["sid"] + (f".{at}" if at else ""), True, moment(), kind, dict(content))
        bubble.content |= {"road": made["road"], "segments": int(made["num_segments"])}
        bubble.state = "sent"
        talk.bubbles.append(bubble)


async def report(
    world: World, account: Account, made: dict[str, Any], status: str, *, error: str = ""
) -> int:
    """One status callback; the resource and the phone remember the furthest."""
    failed = status in ("failed", "undelivered")
    if failed or RANK.index(status) > RANK.index(made["status"]):
        made["status"] = status
        if bubble := world.accounts.bubble(account, made["sid"]):
            bubble.state = "failed" if failed else status
    if failed and error:
        made["error_code"] = int(error)
    if not made["callback"]:
        return 0
    return await call(world, account, made["callback"], _told(made, status, error))


def _told(made: dict[str, Any], status: str, error: str) -> dict[str, str]:
    told = {
        "MessageSid": made["sid"],
        "SmsSid": made["sid"],
        "MessageStatus": status,
        "SmsStatus": status,
        "To": made["to"],
        "From": made["from"],
        "AccountSid": made["account_sid"],
        "ApiVersion": "2010-04-01",
    }
    if made["messaging_service_sid"]:
        told["MessagingServiceSid"] = made["messaging_service_sid"]
    if status in ("failed", "undelivered") and error:
        told["ErrorCode"] = error
    if status == "delivered":
        told["RawDlrDoneDate"] = clock.now().strftime("%y%m%d%H%M")
    if made["road"] == screens.RCS:
        told["ChannelPrefix"] = "rcs"
        told |= {"EventType": "READ"} if status == "read" else {}
    return told
