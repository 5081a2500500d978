"""X's API v2, as far as a business needs it to answer in public and in direct messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from filo.emulators.accounts import Bubble
from filo.emulators.players.x import calls, rules
from filo.emulators.players.x.desk import (
    KIND,
    conversation,
    name_of,
    our_id,
    our_name,
    person_of,
    post,
    posts,
    said,
    snowflake,
    user,
)
from filo.emulators.web import Answer, Call, Router
from filo.emulators.whims import LOSE, indulge
from filo.emulators.world import moment

if TYPE_CHECKING:
    from filo.emulators.accounts import Account
    from filo.emulators.world import World

router = Router()


async def account_of(call: Call, world: World, limit: str = "") -> tuple[Account, str]:
    """Whose token is it; what goes wrong on demand; one call less in this quarter of an hour."""
    given = call.headers.get("authorization", "").removeprefix("Bearer ")
    for account in world.accounts.of(KIND).values():
        if given and given in _tokens(account):
            wish = await indulge(account.next)
            if refused := rules.wished(wish):
                raise refused
            account.state["headers"] = rules.count(account, limit) if limit else {}
            return account, wish
    raise rules.unauthorized()


def _tokens(account: Account) -> set[str]:
    """The bearer of the app, and the person's token until a newer one was asked for."""
    person = account.state.get("access_token") or account.settings.get("access_token", "")
    return {person, account.settings.get("bearer_token", "")} - {""}


def _answer(account: Account, told: object, *, status: int = 200, wish: str = "") -> Answer:
    made = Answer.json(told, status=status, **account.state.get("headers", {}))
    return Answer(status, made.body, headers=made.headers, cut=wish == LOSE)


# --- posts ------------------------------------------------------------------


@router.on("POST", "/2/tweets")
async def write(call: Call, world: World) -> Answer:
    account, wish = await account_of(call, world, "posts")
    asked = call.read(dict[str, Any])
    text, media = str(asked.get("text", "")), asked.get("media", {}).get("media_ids", [])
    rules.check_words(account, text, media)
    above = str(asked.get("reply", {}).get("in_reply_to_tweet_id", ""))
    if above:
        _check_summoned(account, above)
    _check_new(account, text, above)
    made = post(account, author=our_id(account), text=text, answers=above)
    _show(world, account, made, media)
    world.later(_tell_own(world, account, made))
    told = {"data": {"id": made["id"], "text": text, "edit_history_tweet_ids": [made["id"]]}}
    return _answer(account, told, status=201, wish=wish)


def _check_summoned(account: Account, above: str) -> None:
    """Since 23 February 2026 a self-serve app answers only who called it."""
    target = posts(account).get(above)
    if target is None:
        raise rules.missing(f"tweet with id: [{above}]")
    if rules.enterprise(account) or target["author_id"] == our_id(account):
        return
    if rules.mentions(target["text"], our_name(account)) or _quotes_us(account, target):
        return
    root = posts(account).get(target["conversation_id"], target)
    ours = root["author_id"] == our_id(account)
    if not ours or account.options.get("summoned") == "strict":
        raise rules.problem(*rules.WISHES["summoned"])


def _quotes_us(account: Account, target: dict[str, Any]) -> bool:
    quoted = [one["id"] for one in target.get("referenced_tweets", []) if one["type"] == "quoted"]
    return any(posts(account).get(one, {}).get("author_id") == our_id(account) for one in quoted)


def _check_new(account: Account, text: str, above: str) -> None:
    ours = [one for one in posts(account).values() if one["author_id"] == our_id(account)]
    if ours and ours[-1]["text"] == text and ours[-1].get("in_reply_to_tweet_id", "") == above:
        raise rules.problem(*rules.WISHES["187"])


def _show(world: World, account: Account, made: dict[str, Any], media: list[str]) -> None:
    content: dict[str, Any] = {"text": made["text"]}
    if media:
        content["image"] = {"url": f"/x-media/{media[0]}"}
    bubble = Bubble(made["id"], True, moment(), "post", content, by=our_name(account))
    bubble.answers, bubble.public, bubble.state = made.get("in_reply_to_tweet_id", ""), True, "sent"
    world.accounts.talk(account, "").bubbles.append(bubble)


async def _tell_own(world: World, account: Account, made: dict[str, Any]) -> None:
    """What we write ourselves is told too, whichever app wrote it."""
    includes = {"users": [user(world, account, our_id(account))]}
    await calls.tell(world, account, "post.create", made, includes)


@router.on("GET", "/2/tweets/{post}")
async def look(call: Call, world: World) -> Answer:
    account, _ = await account_of(call, world)
    made = posts(account).get(call.places["post"])
    if made is None:
        raise rules.missing(f"tweet with id: [{call.places['post']}]")
    return _answer(account, {"data": made, "includes": _authors(world, account, [made])})


@router.on("DELETE", "/2/tweets/{post}")
async def unwrite(call: Call, world: World) -> Answer:
    account, _ = await account_of(call, world, "changes")
    made = posts(account).get(call.places["post"])
    if made is None or made["author_id"] != our_id(account):
        raise rules.problem(403, "", "Forbidden", "You are not authorized to delete this Tweet.")
    del posts(account)[made["id"]]
    if bubble := world.accounts.bubble(account, made["id"]):
        bubble.withdrawn = True
    return _answer(account, {"data": {"deleted": True}})


@router.on("PUT", "/2/tweets/{post}/hidden")
async def hide(call: Call, world: World) -> Answer:
    """Only replies below our own posts."""
    account, _ = await account_of(call, world, "changes")
    made = posts(account).get(call.places["post"])
    if made is None:
        raise rules.missing("tweet")
    root = posts(account).get(made["conversation_id"], {})
    if root.get("author_id") != our_id(account) or root is made:
        raise rules.problem(403, "", "Forbidden", "Only the author of the conversation may hide.")
    hidden = bool(call.read(dict[str, Any]).get("hidden"))
    if bubble := world.accounts.bubble(account, made["id"]):
        bubble.hidden = hidden
    return _answer(account, {"data": {"hidden": hidden}})


@router.on("POST", "/2/users/{user}/likes")
async def like(call: Call, world: World) -> Answer:
    account, _ = await account_of(call, world)
    if not rules.enterprise(account):
        raise rules.problem(*rules.WISHES["453"])
    if bubble := world.accounts.bubble(account, str(call.read(dict[str, Any]).get("tweet_id", ""))):
        bubble.liked = True
    return _answer(account, {"data": {"liked": True}})


# --- people, and what was missed --------------------------------------------


@router.on("GET", "/2/users/me")
async def me(call: Call, world: World) -> Answer:
    account, _ = await account_of(call, world)
    return _answer(account, {"data": user(world, account, our_id(account))})


@router.on("GET", "/2/users/{user}")
async def somebody(call: Call, world: World) -> Answer:
    account, _ = await account_of(call, world)
    id_ = call.places["user"]
    if id_ != our_id(account) and person_of(account, id_) is None:
        raise rules.missing(f"user with id: [{id_}]")
    return _answer(account, {"data": user(world, account, id_)})


@router.on("GET", "/2/users/{user}/mentions")
async def mentions(call: Call, world: World) -> Answer:
    account, _ = await account_of(call, world, "mentions")
    since = int(call.query.get("since_id") or 0)
    found = [
        one
        for one in posts(account).values()
        if one["author_id"] != our_id(account)
        and int(one["id"]) > since
        and (rules.mentions(one["text"], our_name(account)) or _is_answer(account, one))
    ]
    page, meta = _page(call, sorted(found, key=lambda one: -int(one["id"])))
    told: dict[str, Any] = {"meta": meta}
    if page:
        told |= {"data": page, "includes": _authors(world, account, page)}
    return _answer(account, told)


def _is_answer(account: Account, one: dict[str, Any]) -> bool:
    return bool(one.get("in_reply_to_user_id") == our_id(account))


def _authors(world: World, account: Account, page: list[dict[str, Any]]) -> dict[str, Any]:
    ids = dict.fromkeys(one["author_id"] for one in page)
    return {"users": [user(world, account, id_) for id_ in ids]}


def _page(call: Call, found: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    size = int(call.query.get("max_results") or 100)
    begin = int(call.query.get("pagination_token") or 0)
    page = found[begin : begin + size]
    meta: dict[str, Any] = {"result_count": len(page)}
    if page:
        meta |= {"newest_id": page[0]["id"], "oldest_id": page[-1]["id"]}
    if len(found) > begin + size:
        meta["next_token"] = str(begin + size)
    return page, meta


# --- direct messages --------------------------------------------------------


@router.on("POST", "/2/dm_conversations/with/{user}/messages")
async def message(call: Call, world: World) -> Answer:
    account, wish = await account_of(call, world, "messages")
    return await _message(call, world, account, call.places["user"], wish)


@router.on("POST", "/2/dm_conversations/{conversation}/messages")
async def message_in(call: Call, world: World) -> Answer:
    account, wish = await account_of(call, world, "messages")
    others = [one for one in call.places["conversation"].split("-") if one != our_id(account)]
    return await _message(call, world, account, others[0] if others else "", wish)


async def _message(call: Call, world: World, account: Account, to: str, wish: str) -> Answer:
    asked = call.read(dict[str, Any])
    person = person_of(account, to)
    if person is None:
        raise rules.missing(f"user with id: [{to}]")
    files = [str(one.get("media_id", "")) for one in asked.get("attachments", [])]
    text = str(asked.get("text", ""))
    if (not text and not files) or len(files) > 1 or len(text) > rules.LONGEST_MESSAGE:
        raise rules.invalid("text, or one attachment")
    talk = world.accounts.talk(account, person)
    if talk.blocked:
        raise rules.problem(*rules.WISHES["349"])
    bubble = _drawn(world, account, text, files)
    bubble.by = our_name(account)
    talk.bubbles.append(bubble)
    said(account, bubble, sender=our_id(account), with_=to)
    world.later(_tell_sent(world, account, bubble, to))
    told = {"dm_conversation_id": conversation(our_id(account), to), "dm_event_id": bubble.id}
    return _answer(account, {"data": told}, status=201, wish=wish)


def _drawn(world: World, account: Account, text: str, files: list[str]) -> Bubble:
    id_ = snowflake(account)
    if not files:
        return Bubble(id_, True, moment(), "text", {"text": text}, state="sent")
    file = world.files.get(files[0])
    if file is None:
        raise rules.invalid("attachments: no such media, or of another user")
    kind = file.mime.partition("/")[0]
    told = {"url": f"/x-media/{file.id}", "mime": file.mime, "name": file.name, "caption": text}
    shown = kind if kind in ("image", "video") else "file"
    return Bubble(id_, True, moment(), shown, told, state="sent")


async def _tell_sent(world: World, account: Account, bubble: Bubble, to: str) -> None:
    sent = message_event(account, bubble, sender=our_id(account), recipient=to)
    users = {each: user(world, account, each) for each in (our_id(account), to)}
    payload = {"direct_message_events": [sent], "users": users}
    await calls.tell(world, account, "dm.sent", payload)


def message_event(
    account: Account, bubble: Bubble, *, sender: str, recipient: str
) -> dict[str, Any]:
    """A direct message as the events carry it: the old shape of v1.1."""
    words = str(bubble.content.get("text") or bubble.content.get("caption", ""))
    inner: dict[str, Any] = {
        "text": words,
        "entities": {"hashtags": [], "symbols": [], "user_mentions": [], "urls": []},
    }
    if "url" in bubble.content:
        place = f"{account.state.get('origin', '')}{bubble.content['url']}"
        kind = "photo" if bubble.type == "image" else "video"
        media = {"id_str": bubble.content["url"].rpartition("/")[2], "type": kind}
        inner["attachment"] = {"type": "media", "media": media | {"media_url_https": place}}
    return {
        "type": "message_create",
        "id": bubble.id,
        "created_timestamp": str(int(bubble.at * 1000)),
        "message_create": {
            "target": {"recipient_id": recipient},
            "sender_id": sender,
            "message_data": inner,
        },
    }


@router.on("GET", "/2/dm_events")
async def events(call: Call, world: World) -> Answer:
    account, _ = await account_of(call, world, "events")
    page, meta = _page(call, list(reversed(account.state.get("messages", []))))
    ids = dict.fromkeys(one["sender_id"] for one in page)
    told = {"meta": meta, "includes": {"users": [user(world, account, one) for one in ids]}}
    return _answer(account, told | ({"data": page} if page else {}))


def display(world: World, person: str) -> str:
    return name_of(world, person)
