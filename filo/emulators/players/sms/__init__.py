"""Twilio's Programmable Messaging, SMS and RCS: the API, the phones, and its calls to us.

Options of an account: `rcs` (true, or the numbers of the phones that can), `agent`, `duplicates`,
`out_of_order`, `skip_delivered`, `reads` (RCS), `advanced_opt_out`, `shared_key` (the
signature of November 2026, by the settings `shared_key_id` and `shared_key`), `rolled` (the other
of two tokens signs), `fallback_url`, `media_auth`. `next` takes Twilio's error codes
besides the common whims; a number that ends in an error code fails with it.
The hook's address may carry `#rc=3&rp=all`, as at Twilio.

Acts: `stop`, `start`, `help`. Over RCS a customer taps, and says where they are; over SMS a
reaction comes as the words that an iPhone makes of it.
"""

from __future__ import annotations

import base64
import binascii
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from filo.core import clock
from filo.emulators.accounts import Account, Bubble, Deed
from filo.emulators.players.sms import lifecycle, screens
from filo.emulators.players.sms.api import router as api
from filo.emulators.players.sms.calls import call, sid
from filo.emulators.players.sms.desks import (
    AGENT,
    KIND,
    agent_of,
    e164,
    has_rcs,
    key_of,
    number_of,
    pool_of,
    state,
)
from filo.emulators.web import Answer, Refused, Router
from filo.emulators.world import File, World, moment

if TYPE_CHECKING:
    from collections.abc import Iterator

STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
START = frozenset({"START", "YES", "UNSTOP"})
HELP = frozenset({"HELP", "INFO"})
TAPBACKS = {"👍": "Liked", "❤️": "Loved", "👎": "Disliked", "😂": "Laughed at", "‼️": "Emphasized"}
ANSWERS = {
    "STOP": "You have successfully been unsubscribed. Reply START to resubscribe.",
    "START": "You have successfully been re-subscribed. Reply STOP to unsubscribe.",
    "HELP": "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
}


class Sms:
    kind = KIND
    router: Router = api

    async def act(self, world: World, account: Account, person: str, deed: Deed) -> Answer:
        phone = e164(person)
        id_ = sid(world, "MM" if deed.media else "SM")
        values, shown = _told(world, account, phone, deed, id_)
        world.accounts.talk(account, key_of(phone)).bubbles.append(shown)
        told = _common(account, phone, id_) | values
        word = _keyword(account, phone, told["Body"])
        if word and account.options.get("advanced_opt_out"):
            told["OptOutType"] = word
        status = await call(
            world, account, account.hook, told, method=account.state.get("method", "POST")
        )
        _answer_by_itself(world, account, phone, word)
        _keep(account, told, id_)
        return Answer.json({"hook": status, "id": id_})

    async def read(self, world: World, account: Account, person: str) -> None:
        """Only RCS tells that a message was read."""
        phone = e164(person)
        for bubble in world.accounts.talk(account, key_of(phone)).bubbles:
            made = state(account, "messages").get(bubble.id)
            if made and made["road"] == screens.RCS and made["status"] != "read":
                await lifecycle.report(world, account, made, "read")


def _common(account: Account, phone: str, id_: str) -> dict[str, str]:
    rcs = has_rcs(account, phone) and agent_of(account)
    told = {
        "MessageSid": id_,
        "SmsSid": id_,
        "SmsMessageSid": id_,
        "AccountSid": account.settings.get("account_sid", ""),
        "From": AGENT + phone if rcs else phone,
        "To": agent_of(account) if rcs else number_of(account),
        "Body": "",
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsStatus": "received",
        "ApiVersion": "2010-04-01",
        "FromCountry": "IT",
        "ToCountry": "IT",
    }
    if pool_of(account):
        told["MessagingServiceSid"] = pool_of(account)
    return told | ({"ChannelPrefix": "rcs"} if rcs else {})


# --- what a customer can do -----------------------------------------------


def _told(
    world: World, account: Account, phone: str, deed: Deed, id_: str
) -> tuple[dict[str, str], Bubble]:
    """The values of the call that differ, and what stands on the phone."""
    kind, content, values = "text", {"text": deed.text}, {"Body": deed.text}
    if deed.media:
        kind, content, values = _picture(world, account, deed, id_)
    elif deed.tap:
        kind, content, values = _tapped(world, account, phone, deed)
    elif deed.location:
        kind, content, values = _place(account, phone, deed)
    elif deed.react:
        kind, content, values = _tapback(world, account, deed)
    elif deed.act:
        kind, content, values = _acted(deed)
    shown = Bubble(id_, False, moment(), kind, content, answers=deed.about if deed.tap else "")
    return values, shown


def _picture(
    world: World, account: Account, deed: Deed, id_: str
) -> tuple[str, dict[str, Any], dict[str, str]]:
    try:
        body = base64.b64decode(deed.media.get("base64", ""), validate=True)
    except binascii.Error as why:
        raise Refused(Answer.json({"error": "media.base64 is not base64"}, status=400)) from why
    mime = deed.media.get("mime", "")
    file = File(sid(world, "ME"), mime, body, deed.media.get("name", ""))
    world.files[file.id] = file
    path = f"/2010-04-01/Accounts/{account.settings.get('account_sid', '')}/Messages/{id_}/Media/"
    address = account.state.get("origin", "")
    caption = deed.media.get("caption", "")
    values = {"NumMedia": "1", "MediaUrl0": address + path + file.id, "MediaContentType0": mime}
    kind, content = screens.picture(f"/sms-media/{file.id}", caption)
    kind = mime.partition("/")[0] if mime.partition("/")[0] in ("image", "video", "audio") else kind
    return kind, content | {"mime": mime, "name": file.name}, values | {"Body": caption}


def _tapped(
    world: World, account: Account, phone: str, deed: Deed
) -> tuple[str, dict[str, Any], dict[str, str]]:
    bubble = world.accounts.bubble(account, deed.about)
    options = list(_buttons(bubble.content)) if bubble else []
    for one in options:
        if one["id"] == deed.tap:
            values = {"Body": one["label"], "ButtonText": one["label"], "ButtonPayload": one["id"]}
            values["OriginalRepliedMessageSid"] = deed.about
            return "text", {"text": one["label"]}, values
    raise Refused(Answer.json({"error": f"{phone} sees no such button"}, status=404))


def _buttons(content: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from content.get("buttons", [])
    for card in content.get("cards", []):
        yield from card.get("buttons", [])


def _place(account: Account, phone: str, deed: Deed) -> tuple[str, dict[str, Any], dict[str, str]]:
    if not has_rcs(account, phone):
        raise Refused(Answer.json({"error": "no SMS carries a place"}, status=400))
    where = deed.location
    values = {
        "Latitude": str(where.get("latitude", "")),
        "Longitude": str(where.get("longitude", "")),
        "Address": str(where.get("address", "")),
        "Label": str(where.get("name", "")),
        "MessageType": "location",
    }
    return "location", dict(where), values | {"Body": ""}


def _tapback(
    world: World, account: Account, deed: Deed
) -> tuple[str, dict[str, Any], dict[str, str]]:
    """What an iPhone makes of a reaction, for a phone that knows none."""
    about = world.accounts.bubble(account, deed.about)
    quoted = str(about.content.get("text", "")) if about else ""
    verb = TAPBACKS.get(deed.react, f"Reacted {deed.react} to")
    text = f"{verb} “{quoted}”"
    return "text", {"text": text}, {"Body": text}


def _acted(deed: Deed) -> tuple[str, dict[str, Any], dict[str, str]]:
    word = deed.act.upper()
    if word not in STOP | START | HELP:
        raise Refused(Answer.json({"error": f"nobody can {deed.act} by SMS"}, status=400))
    return "text", {"text": word}, {"Body": word}


# --- what Twilio does by itself -------------------------------------------


def _keyword(account: Account, phone: str, text: str) -> str:
    """STOP blocks this pair at Twilio before it reaches us; START lifts that."""
    word, stopped = text.strip().upper(), state(account, "stopped")
    if word in STOP:
        stopped[phone] = True
        return "STOP"
    if word in START and phone in stopped:
        del stopped[phone]
        return "START"
    return "HELP" if word in HELP else ""


def _answer_by_itself(world: World, account: Account, phone: str, word: str) -> None:
    if word:
        told = Bubble(sid(world, "SM"), True, moment(), "notice", {"text": ANSWERS[word]})
        world.accounts.talk(account, key_of(phone)).bubbles.append(told)


def _keep(account: Account, told: dict[str, str], id_: str) -> None:
    """What came in is listed too: a business that slept can ask for it."""
    at = clock.now()
    files = [told["MediaUrl0"].rpartition("/")[2]] if "MediaUrl0" in told else []
    state(account, "messages")[id_] = {
        "sid": id_,
        "account_sid": told["AccountSid"],
        "messaging_service_sid": told.get("MessagingServiceSid"),
        "status": "received",
        "direction": "inbound",
        "from": told["From"],
        "to": told["To"],
        "body": told["Body"],
        "num_segments": told["NumSegments"],
        "num_media": told["NumMedia"],
        "price": None,
        "price_unit": "USD",
        "error_code": None,
        "error_message": None,
        "date_created": format_datetime(at),
        "date_sent": format_datetime(at),
        "made": at.strftime("%Y-%m-%dT%H:%M:%S.%f"),
        "road": screens.SMS,
        "callback": "",
        "media": files,
    }


player = Sms()
