"""What can be read back after an outage: the conversations of an inbox. Meta replays no call."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from filo.emulators.accounts import Account, Bubble
from filo.emulators.players._meta import desk
from filo.emulators.world import World


def conversations(world: World, account: Account) -> list[dict[str, Any]]:
    """Every thread, the one with the newest word first."""
    threads = [
        (talk.bubbles, id_)
        for id_, known in account.state.get("people", {}).items()
        if (talk := world.accounts.talk(account, known["person"])).bubbles
    ]
    threads.sort(key=lambda thread: -thread[0][-1].at)
    return [
        {
            "id": f"t_{id_}",
            "updated_time": told_at(bubbles[-1].at),
            "messages": {"data": [_message(account, id_, one) for one in reversed(bubbles)]},
        }
        for bubbles, id_ in threads
    ]


def _message(account: Account, id_: str, bubble: Bubble) -> dict[str, Any]:
    people = [
        {"id": desk.our_id(account), "name": account.name},
        {"id": id_, "name": desk.name_of(account, id_)},
    ]
    sender, to = people if bubble.out else people[::-1]
    told = {
        "id": bubble.id,
        "created_time": told_at(bubble.at),
        "from": sender,
        "to": {"data": [to]},
        "message": bubble.content.get("text", ""),
    }
    url = str(bubble.content.get("url", ""))
    if bubble.type in {"image", "video", "audio", "file"} and url:
        here = "" if "://" in url else str(account.state.get("origin", ""))
        file = {"mime_type": bubble.content.get("mime", ""), "file_url": f"{here}{url}"}
        told["attachments"] = {"data": [{**file, "name": bubble.content.get("name", "")}]}
    return told


def told_at(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%S+0000}"
