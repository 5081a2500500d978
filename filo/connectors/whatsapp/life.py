"""Does the token hold, is the number ours, does Meta tell us what happens on the account?"""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar
from urllib.parse import quote

import msgspec

from filo.channels.contract import Call, Config, DeliveryClass, Failed, Hop, Later, Reply
from filo.channels.kit import base_of
from filo.connectors.whatsapp.errors import raise_for_graph
from filo.core.text import UNREADABLE

GRAPH = "https://graph.facebook.com"
VERSION = "v25.0"
FIELDS = "display_phone_number,verified_name,quality_rating"
ANEW = "Make a token of a system user that does not expire, and paste it into the settings."
NUMBER = "Compare the phone number ID with the one in the app's WhatsApp > API set-up."
SUBSCRIBE = "Press the button that tells the provider: the account is not subscribed."

T = TypeVar("T")


class _Number(msgspec.Struct):
    id: str = ""
    display_phone_number: str = ""
    verified_name: str = ""


class _App(msgspec.Struct):
    name: str = ""


class _Subscribed(msgspec.Struct):
    whatsapp_business_api_data: _App = msgspec.field(default_factory=_App)


class _Apps(msgspec.Struct):
    data: list[_Subscribed] = []


def graph(config: Config) -> str:
    return f"{base_of(config.get('api_base') or GRAPH)}/{VERSION}"


def bearer(config: Config) -> dict[str, str]:
    return {"authorization": f"Bearer {config['access_token']}"}


def check(config: Config) -> Generator[Call, Reply, tuple[Hop, ...]]:
    try:
        number = yield from _ask(
            config, f"{_path(config, 'phone_number_id')}?fields={FIELDS}", _Number
        )
    except (Failed, Later) as verdict:
        mend = NUMBER if verdict.detail.startswith("100 ") else ANEW
        return (Hop("The token, and the number", False, verdict.detail, mend),)
    whose = f"{number.display_phone_number} {number.verified_name}".strip()
    first = Hop("The token, and the number", True, whose)
    try:
        apps = yield from _ask(config, f"{_path(config, 'waba_id')}/subscribed_apps", _Apps)
    except (Failed, Later) as verdict:
        return first, Hop("The account tells us what happens", False, verdict.detail, SUBSCRIBE)
    names = ", ".join(one.whatsapp_business_api_data.name for one in apps.data)
    return first, Hop("The account tells us what happens", bool(apps.data), names, SUBSCRIBE)


def register(config: Config, hook: str) -> Generator[Call, Reply, dict[str, str]]:
    """Subscribe our app to the account, and name our address for this account alone: no other of
    the app is moved, and Meta knocks there at once."""
    where = f"{graph(config)}/{_path(config, 'waba_id')}/subscribed_apps"
    wish = {"override_callback_uri": hook, "verify_token": config.get("verify_token", "")}
    call = Call(where, headers=bearer(config), json=wish if hook else {}, repeatable=True)
    raise_for_graph((yield call), delivery=DeliveryClass.KEYED)
    return {}


def _path(config: Config, name: str) -> str:
    return quote(config.get(name, ""), safe="")


def _ask(config: Config, path: str, kind: type[T]) -> Generator[Call, Reply, T]:
    reply = yield Call(url=f"{graph(config)}/{path}", method="GET", headers=bearer(config))
    raise_for_graph(reply, delivery=DeliveryClass.KEYED)
    try:
        return msgspec.json.decode(reply.body, type=kind)
    except UNREADABLE:
        return kind()
