"""X: posts, mentions, replies and direct messages, told as activity events.

Options of an account: `duplicates`, `escaped` (JSON beyond ASCII escaped), `tier` (enterprise: no
summoned rule, likes), `summoned` (strict: below our own post too), `premium`, `limits` ({posts,
messages, events, mentions, changes} a quarter of an hour), `quarter` (its seconds: 900),
`followers`, `impressions`, `lists` (subscriptions answered as a list), `old` (direct messages in
the deprecated shape).
`next` takes, besides the common whims, the names in `rules.WISHES`.

Acts: in public `post`, `comment`, `edit`, `delete` {text} and `quote` {text}, `own` {text} (the
company writes from its own app); in private `typing`, `block`, `unblock`; `follow`, `unfollow`,
`revoke` (the company's person removes our app), `challenge` (the check of our address).
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from filo.emulators.accounts import Account, Bubble, Deed
from filo.emulators.players.x import api, calls, files, rules
from filo.emulators.players.x.desk import (
    KIND,
    id_of,
    name_of,
    our_id,
    our_name,
    post,
    posts,
    said,
    snowflake,
    user,
)
from filo.emulators.web import Answer, Refused, Route, Router
from filo.emulators.world import File, World, moment

if TYPE_CHECKING:
    from filo.emulators.web import Call

PUBLIC = ("post", "comment", "quote", "edit", "delete")


class Doors(Router):
    """The routes of both modules, as one."""

    def find(self, call: Call) -> tuple[Route, dict[str, str]] | None:
        return files.router.find(call) or api.router.find(call)


class X:
    kind = KIND
    router: Router = Doors()

    async def act(self, world: World, account: Account, person: str, deed: Deed) -> Answer:
        if deed.act in PUBLIC:
            return await _in_public(world, account, person or deed.name or "somebody", deed)
        if deed.act:
            return await _acted(world, account, person, deed)
        return await _message(world, account, person, deed)

    async def read(self, world: World, account: Account, person: str) -> None:
        """Everything of ours up to now is read: a watermark, not a list."""
        talk = world.accounts.talk(account, person)
        ours = [bubble for bubble in talk.bubbles if bubble.out and bubble.state != "read"]
        if not ours:
            return
        for bubble in ours:
            bubble.state = "read"
        mark = _between(account, person) | {"last_read_event_id": ours[-1].id}
        await calls.tell(world, account, "dm.read", {"direct_message_mark_read_events": [mark]})


def _between(account: Account, person: str) -> dict[str, Any]:
    return {
        "created_timestamp": str(int(moment() * 1000)),
        "sender_id": id_of(account, person),
        "target": {"recipient_id": our_id(account)},
    }


# --- in private ------------------------------------------------------------------


async def _message(world: World, account: Account, person: str, deed: Deed) -> Answer:
    bubble = _written(world, account, deed)
    world.accounts.talk(account, person).bubbles.append(bubble)
    sender = id_of(account, person)
    said(account, bubble, sender=sender, with_=sender)
    told = api.message_event(account, bubble, sender=sender, recipient=our_id(account))
    users = {each: user(world, account, each) for each in (sender, our_id(account))}
    if account.options.get("old"):
        old = {"for_user_id": our_id(account), "direct_message_events": [told], "users": users}
        status = await calls.deliver(world, account, old)
        return Answer.json({"hook": status, "id": bubble.id})
    payload = {"direct_message_events": [told], "users": users}
    status = await calls.tell(world, account, "dm.received", payload)
    return Answer.json({"hook": status, "id": bubble.id})


def _written(world: World, account: Account, deed: Deed) -> Bubble:
    id_ = snowflake(account)
    if deed.media:
        return Bubble(id_, False, moment(), *_file(world, deed))
    if not deed.text:
        raise _cannot("direct messages hold words, a picture or a film: no places, no reactions")
    return Bubble(id_, False, moment(), "text", {"text": deed.text})


def _file(world: World, deed: Deed) -> tuple[str, dict[str, Any]]:
    try:
        body = base64.b64decode(deed.media.get("base64", ""), validate=True)
    except binascii.Error as why:
        raise _cannot("media.base64 is not base64") from why
    mime = deed.media.get("mime", "")
    kind = mime.partition("/")[0]
    if kind not in ("image", "video"):
        raise _cannot("X takes pictures and films")
    file = File(world.new_id("7"), mime, body, deed.media.get("name", ""))
    world.files[file.id] = file
    caption = deed.media.get("caption", "")
    url = f"/x-media/{file.id}"
    return kind, {"url": url, "mime": mime, "name": file.name, "caption": caption}


async def _acted(world: World, account: Account, person: str, deed: Deed) -> Answer:
    if deed.act == "challenge":
        fine = await calls.challenge(world, account)
        return Answer.json({"hook": 200 if fine else 0, "id": "ok" if fine else ""})
    if deed.act in ("block", "unblock"):
        world.accounts.talk(account, person).blocked = deed.act == "block"
        return Answer.json({"hook": 0, "id": person})
    if deed.act == "own":
        made = post(account, author=our_id(account), text=str(deed.values.get("text", "")))
        _show(world, account, made, out=True, by=our_name(account))
        return await _told(world, account, "post.create", made)
    event, payload = _event(world, account, person, deed.act)
    status = await calls.tell(world, account, event, payload)
    return Answer.json({"hook": status, "id": person})


def _event(world: World, account: Account, person: str, act: str) -> tuple[str, dict[str, Any]]:
    if act == "typing":
        typed = {"direct_message_indicate_typing_events": [_between(account, person)]}
        return "dm.indicate_typing", typed
    if act in ("follow", "unfollow"):
        source = user(world, account, id_of(account, person))
        return f"follow.{act}", {"source": source, "target": user(world, account, our_id(account))}
    if act == "revoke":
        account.state["access_token"] = account.state["refresh_token"] = world.new_id("gone-")
        return "oauth.revoke", {"user_id": our_id(account), "date_time": str(int(moment()))}
    raise _cannot(f"nobody can {act} on X")


# --- in public -------------------------------------------------------------------


async def _in_public(world: World, account: Account, person: str, deed: Deed) -> Answer:
    author, text = id_of(account, person), str(deed.values.get("text") or deed.text)
    if deed.act == "delete":
        return _deleted(world, account, author, deed.about)
    if deed.act == "edit":
        return await _edited(world, account, author, deed.about, text)
    above = deed.about if deed.act == "comment" else ""
    quoted = deed.about if deed.act == "quote" else ""
    for known in (above, quoted):
        if known and known not in posts(account):
            raise _cannot("no such post")
    made = post(account, author=author, text=text, answers=above, quotes=quoted)
    _show(world, account, made, out=False, by=name_of(world, person))
    return await _told(world, account, _kind_of(account, made, quoted), made)


def _kind_of(account: Account, made: dict[str, Any], quoted: str) -> str:
    """Which event tells of it; nothing, when it neither names nor answers us."""
    if rules.mentions(made["text"], our_name(account)):
        return "post.mention.create"
    if made.get("in_reply_to_user_id") == our_id(account):
        return "post.reply.create"
    if quoted and posts(account)[quoted]["author_id"] == our_id(account):
        return "post.quote.create"
    return ""


async def _told(world: World, account: Account, event: str, made: dict[str, Any]) -> Answer:
    status = 0
    if event:
        authors = dict.fromkeys([made["author_id"], our_id(account)])
        includes: dict[str, Any] = {"users": [user(world, account, one) for one in authors]}
        if above := posts(account).get(made.get("in_reply_to_tweet_id", "")):
            includes["tweets"] = [above]
        status = await calls.tell(world, account, event, made, includes)
    return Answer.json({"hook": status, "id": made["id"]})


async def _edited(world: World, account: Account, author: str, about: str, text: str) -> Answer:
    """An edit is a new post with a longer history; the first id stays the name of it."""
    old = posts(account).get(about)
    if old is None or old["author_id"] != author:
        raise _cannot("only one's own posts")
    made = post(account, author=author, text=text, answers=old.get("in_reply_to_tweet_id", ""))
    made["edit_history_tweet_ids"] = [*old["edit_history_tweet_ids"], made["id"]]
    made["conversation_id"] = (
        old["conversation_id"] if old["conversation_id"] != about else made["id"]
    )
    if bubble := world.accounts.bubble(account, about):
        bubble.id, bubble.content, bubble.edited = made["id"], {"text": text}, True
    return await _told(world, account, _kind_of(account, made, ""), made)


def _deleted(world: World, account: Account, author: str, about: str) -> Answer:
    """X tells nobody else: who asks for it later finds nothing."""
    made = posts(account).get(about)
    if made is None or made["author_id"] != author:
        raise _cannot("only one's own posts")
    del posts(account)[about]
    if bubble := world.accounts.bubble(account, about):
        bubble.withdrawn = True
    return Answer.json({"hook": 0, "id": about})


def _show(world: World, account: Account, made: dict[str, Any], *, out: bool, by: str) -> None:
    bubble = Bubble(made["id"], out, moment(), "post", {"text": made["text"]}, by=by, public=True)
    bubble.answers = made.get("in_reply_to_tweet_id", "")
    world.accounts.talk(account, "").bubbles.append(bubble)


def _cannot(why: str) -> Refused:
    return Refused(Answer.json({"error": why}, status=400))


player = X()
