"""What stands in public: posts, comments below them, reviews; and what may be done with them."""

from __future__ import annotations

from typing import Any

from filo.emulators.accounts import Account, Bubble
from filo.emulators.players._meta import desk
from filo.emulators.players._meta.archive import told_at
from filo.emulators.players._meta.desk import INSTAGRAM
from filo.emulators.players._meta.errors import refused, wished
from filo.emulators.web import Answer
from filo.emulators.whims import LOSE
from filo.emulators.world import World, moment

LONGEST, LONGEST_COMMENT = 8000, 2200
OK = {"success": True}
Thing = dict[str, Any]


def things(account: Account) -> dict[str, Thing]:
    """Id -> {post, parent, author, at, text}: what the bubbles do not hold."""
    found: dict[str, Thing] = account.state.setdefault("things", {})
    return found


def bubble_of(world: World, account: Account, id_: str) -> Bubble:
    found = next((one for one in _wall(world, account) if one.id == id_), None)
    if found is None or found.withdrawn:
        raise refused("100/33")
    return found


def _wall(world: World, account: Account) -> list[Bubble]:
    return world.accounts.talk(account, "").bubbles


def _number(account: Account) -> int:
    count = int(account.state.get("count", 0)) + 1
    account.state["count"] = count
    return count


def posted(world: World, account: Account, author: str, text: str) -> str:
    """A post: ours, or by a visitor of the page."""
    number = 2_000_000_000_000 + _number(account)
    instagram = account.kind == INSTAGRAM
    id_ = f"18{number}" if instagram else f"{desk.our_id(account)}_{number}"
    _show(world, account, id_, author, "post", {"text": text, "image": ""}, post=id_, above="")
    return id_


def commented(world: World, account: Account, author: str, text: str, about: str) -> str:
    """A comment below a post or a comment."""
    above = things(account).get(about)
    if above is None:
        raise refused("100/33")
    number = 3_000_000_000_000 + _number(account)
    post = above["post"]
    short = post.rpartition("_")[2]
    id_ = f"17{number}" if account.kind == INSTAGRAM else f"{short}_{number}"
    _show(world, account, id_, author, "text", {"text": text}, post=post, above=about)
    return id_


def _show(
    world: World,
    account: Account,
    id_: str,
    author: str,
    kind: str,
    content: dict[str, Any],
    *,
    post: str,
    above: str,
) -> None:
    ours = author == desk.our_id(account)
    by = account.name if ours else desk.name_of(account, author)
    bubble = Bubble(id_, ours, moment(), kind, content, by=by, answers=above, public=True)
    _wall(world, account).append(bubble)
    things(account)[id_] = {"post": post, "parent": above, "author": author, "at": moment()}


def latest_post(world: World, account: Account) -> str:
    """What a comment stands below when nobody says: our newest post, made when there is none."""
    found = [one.id for one in _wall(world, account) if one.type == "post" and not one.withdrawn]
    return found[-1] if found else posted(world, account, desk.our_id(account), "Buongiorno!")


# --- told to us -----------------------------------------------------------


async def tell_comment(world: World, account: Account, id_: str, verb: str) -> int:
    if account.kind == INSTAGRAM:
        return await _tell_instagram(world, account, id_) if verb == "add" else 200
    return await desk.changed(world, account, "feed", value(world, account, id_, verb))


def value(world: World, account: Account, id_: str, verb: str) -> dict[str, Any]:
    """A change of the feed, as the page's webhook tells it."""
    thing, bubble = things(account)[id_], _any(world, account, id_)
    told: dict[str, Any] = {
        "item": "post" if id_ == thing["post"] else "comment",
        "verb": verb,
        "post_id": thing["post"],
        "created_time": int(thing["at"]),
    }
    if id_ != thing["post"]:
        told |= {"comment_id": id_, "parent_id": thing["parent"]}
        told["post"] = {
            "id": thing["post"],
            "is_published": True,
            "status_type": "mobile_status_update",
        }
    if not account.options.get("no_author"):
        told["from"] = {"id": thing["author"], "name": bubble.by}
    if verb != "remove":
        told["message"] = bubble.content.get("text", "")
    return told


async def _tell_instagram(world: World, account: Account, id_: str) -> int:
    thing, bubble = things(account)[id_], _any(world, account, id_)
    parent = {} if thing["parent"] == thing["post"] else {"parent_id": thing["parent"]}
    told = {
        "id": id_,
        **parent,
        "text": bubble.content.get("text", ""),
        "from": {"id": thing["author"], "username": bubble.by},
        "media": {"id": thing["post"], "media_product_type": "FEED"},
    }
    status = await desk.changed(world, account, "comments", told)
    if account.options.get("boosted"):  # organic and as an advertisement: the same comment twice
        ad = {
            "id": f"9{thing['post']}",
            "media_product_type": "AD",
            "original_media_id": thing["post"],
        }
        await desk.changed(world, account, "comments", {**told, "media": ad})
    return status


def _any(world: World, account: Account, id_: str) -> Bubble:
    return next(one for one in _wall(world, account) if one.id == id_)


# --- what the business does -----------------------------------------------


async def answer(world: World, account: Account, about: str, fields: dict[str, str]) -> Answer:
    """Our public word: once, for a repeat would stand there twice."""
    wish = await wished(account)
    text = fields.get("message", "")
    longest = LONGEST_COMMENT if account.kind == INSTAGRAM else LONGEST
    if len(text) > longest or not (text or fields.keys() & {"attachment_url", "attachment_id"}):
        raise refused("100", "Invalid parameter: message")
    bubble = bubble_of(world, account, about)
    if account.kind == INSTAGRAM and bubble.hidden:
        raise refused("100", "A hidden comment takes no reply")
    id_ = commented(world, account, desk.our_id(account), text, _root(account, about))
    if address := fields.get("attachment_url"):
        made = _any(world, account, id_)
        made.type, made.content = "image", {"url": address, "mime": "", "name": "", "caption": text}
    world.later(_echo(world, account, id_))
    return Answer(200, Answer.json({"id": id_}).body, cut=wish == LOSE)


async def _echo(world: World, account: Account, id_: str) -> None:
    await tell_comment(world, account, id_, "add")


def _root(account: Account, about: str) -> str:
    """On Instagram a reply to a reply hangs below the first comment."""
    thing = things(account)[about]
    nested = account.kind == INSTAGRAM and thing["parent"] not in ("", thing["post"])
    return str(thing["parent"]) if nested else about


async def change(world: World, account: Account, id_: str, fields: dict[str, str]) -> Answer:
    """Hide, show again, or edit what we said ourselves."""
    bubble = bubble_of(world, account, id_)
    hiding = fields.get("is_hidden", fields.get("hide", ""))
    if hiding:
        await moderated(world, account, id_, "hide" if hiding == "true" else "unhide")
        return Answer.json(OK)
    if not bubble.out or not fields.get("message"):
        raise refused("200")
    bubble.content, bubble.edited = {"text": fields["message"]}, True
    return Answer.json(OK)


async def remove(world: World, account: Account, id_: str) -> Answer:
    await moderated(world, account, id_, "remove")
    return Answer.json(OK)


async def moderated(world: World, account: Account, id_: str, verb: str) -> Answer:
    """Hidden, shown again or removed by the company: by an app, or by hand on its own page."""
    bubble = bubble_of(world, account, id_)
    if verb == "remove":
        bubble.withdrawn = True
    elif bubble.out:
        raise refused("100", "Your own comment cannot be hidden")
    else:
        bubble.hidden = verb == "hide"
    status = await tell_comment(world, account, id_, verb)
    return Answer.json({"hook": status, "id": id_})


def like(world: World, account: Account, id_: str, *, on: bool) -> Answer:
    if account.kind == INSTAGRAM:
        raise refused("100", "A comment cannot be liked by an app")
    bubble_of(world, account, id_).liked = on
    return Answer.json(OK)


def shown(world: World, account: Account, id_: str) -> dict[str, Any]:
    """A post or comment, as it is read."""
    bubble, thing = bubble_of(world, account, id_), things(account)[id_]
    text = bubble.content.get("text", "")
    told = {
        "id": id_,
        "message": text,
        "text": text,
        "created_time": told_at(thing["at"]),
        "permalink_url": f"https://www.facebook.com/{id_}",
        "from": {"id": thing["author"], "name": bubble.by},
        "is_hidden": bubble.hidden,
        "hidden": bubble.hidden,
        "can_reply_privately": not thing.get("replied"),
    }
    if thing["parent"] not in ("", thing["post"]):
        told["parent"] = {"id": thing["parent"]}
    return told


def below(world: World, account: Account, about: str) -> list[dict[str, Any]]:
    """Everything below a post, or all posts when `about` is the page."""
    wall = [one for one in _wall(world, account) if not one.withdrawn]
    if about in desk.ids_of(account):
        return [shown(world, account, one.id) for one in wall if one.type == "post"]
    known = things(account)
    return [
        shown(world, account, one.id)
        for one in wall
        if one.id != about and known[one.id]["post"] == about
    ]
