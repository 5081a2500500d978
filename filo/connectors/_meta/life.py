"""The life of a page or account at Meta: does the token hold, are we subscribed, who is this?"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

import msgspec

from filo.channels.contract import Call, Config, Failed, Handle, Hop, Later, Profile, Reply
from filo.connectors._meta import graph
from filo.connectors._meta.errors import error_of, raise_for_graph
from filo.connectors._meta.wire import Id

ANEW = "Make a new token as the guide says, and paste it into the settings."
WRONG_ID = "The token belongs to another page or account: compare the number in the settings."
REGISTER = "Press the button that tells the provider: it subscribes us to all that we need."
NOBODY = {(100, 33), (230, 0), (200, 2018218), (2018218, 0)}  # Meta does not tell who that is


class _Subscribed(msgspec.Struct):
    id: Id = ""
    subscribed_fields: list[str] = []


class _Apps(msgspec.Struct):
    data: list[_Subscribed] = []


class _Known(msgspec.Struct):
    name: str = ""
    first_name: str = ""
    last_name: str = ""
    username: str = ""
    profile_pic: str = ""
    locale: str = ""
    timezone: float | str = ""


def check(
    config: Config, account: str, fields: Sequence[str], **more: Any
) -> Generator[Call, Reply, tuple[Hop, ...]]:
    """The token, whose it is, and whether Meta tells us what we need of it."""
    try:
        who = yield from graph.ask(
            config, "me", kind=graph.Account, query={"fields": more.pop("me", "id,name")}, **more
        )
    except (Failed, Later) as verdict:
        return (Hop("token", False, verdict.detail, ANEW),)
    ids = {str(who.id), str(who.user_id)} - {""}
    whose = f"{who.name or who.username} {' '.join(sorted(ids))}".strip()
    first = (
        Hop("token", ok=True, detail=whose),
        Hop("account", account in ids, "" if account in ids else f"it is {whose}", WRONG_ID),
    )
    return (*first, (yield from _subscribed(config, account, fields, **more)))


def _subscribed(
    config: Config, account: str, fields: Sequence[str], **more: Any
) -> Generator[Call, Reply, Hop]:
    path = f"{account}/subscribed_apps"
    try:
        apps = yield from graph.ask(config, path, kind=_Apps, **more)
    except (Failed, Later) as verdict:
        return Hop("subscription", False, verdict.detail, REGISTER)
    ours = config.get("app_id", "")
    known = {
        f for app in apps.data if not ours or str(app.id) == ours for f in app.subscribed_fields
    }
    missing = [field for field in fields if field not in known]
    return Hop("subscription", not missing, ", ".join(missing), REGISTER)


def _held(config: Config, path: str, **more: Any) -> Generator[Call, Reply, tuple[str, ...]]:
    """What our app is told of already. Another channel of the same page may have asked for it:
    Meta replaces the list, it does not add to it."""
    apps = (yield from graph.ask(config, path, kind=_Apps, **more)).data
    ours = config.get("app_id", "")
    mine = [app for app in apps if str(app.id) == ours] if ours else apps
    return tuple(mine[0].subscribed_fields) if len(mine) == 1 else ()


def register(
    config: Config, account: str, fields: Sequence[str], **more: Any
) -> Generator[Call, Reply, dict[str, str]]:
    """Subscribe our app to the page or account; where it calls us is set in the app itself."""
    path = f"{account}/subscribed_apps"
    held = yield from _held(config, path, **more)
    form = {"subscribed_fields": ",".join(dict.fromkeys((*held, *fields)))}
    raise_for_graph((yield graph.call(config, path, form=form, repeatable=True, **more)))
    return {}


def introduce(
    who: Handle, config: Config, fields: str, **more: Any
) -> Generator[Call, Reply, Profile]:
    """The name and picture of somebody who wrote to us; nothing where Meta keeps it to itself."""
    call = graph.call(config, who.value, method="GET", query={"fields": fields}, **more)
    reply = yield call
    error = error_of(reply)
    if error and error.pair in NOBODY:
        return Profile()
    raise_for_graph(reply)
    known = graph.read(reply, _Known)
    whole = known.name or f"{known.first_name} {known.last_name}".strip() or known.username
    zone = known.timezone
    return Profile(
        name=whole,
        picture=known.profile_pic,
        language=known.locale.partition("_")[0],
        timezone=f"UTC{zone:+g}" if isinstance(zone, int | float) else "",
    )
