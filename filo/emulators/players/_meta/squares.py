"""What people do in public below a page's or account's posts."""

from __future__ import annotations

from filo.emulators.accounts import Account, Deed
from filo.emulators.players._meta import desk, walls
from filo.emulators.players._meta.desk import INSTAGRAM
from filo.emulators.players._meta.talks import REACTIONS, cannot
from filo.emulators.web import Answer
from filo.emulators.world import World, moment

MODERATED = ("hide", "unhide", "remove")  # by the company, on its own page
PUBLIC = (
    "comment",
    "post",
    "edit",
    "delete",
    "own",
    "mention",
    "review",
    "unreact",
    *MODERATED,
)


async def act(world: World, account: Account, person: str, deed: Deed) -> Answer:
    """A comment where nothing else is meant; who does it may stand in the name alone."""
    who = person or deed.name or "somebody"
    author = desk.scoped(account, who, deed.name)
    if deed.react or deed.act == "unreact":
        return await _reacted(world, account, author, deed)
    text = str(deed.values.get("text", "")) or deed.text
    if deed.act in MODERATED:
        return await walls.moderated(world, account, deed.about, deed.act)
    match deed.act:
        case "post":
            id_ = walls.posted(world, account, author, text)
            status = await walls.tell_comment(world, account, id_, "add")
        case "own":
            id_, status = walls.posted(world, account, desk.our_id(account), text), 0
        case "mention":
            return await _mentioned(world, account, author, text)
        case "review":
            return await _reviewed(world, account, author, deed)
        case "edit" | "delete":
            return await _again(world, account, author, deed, text)
        case _:
            about = deed.about or walls.latest_post(world, account)
            id_ = walls.commented(world, account, author, text, about)
            status = await walls.tell_comment(world, account, id_, "add")
    return Answer.json({"hook": status, "id": id_})


async def _again(world: World, account: Account, author: str, deed: Deed, text: str) -> Answer:
    """Changed or taken back. Instagram tells nobody of either."""
    bubble = walls.bubble_of(world, account, deed.about)
    if walls.things(account)[bubble.id]["author"] != author:
        raise cannot("people change their own words")
    if deed.act == "delete":
        bubble.withdrawn = True
        status = await walls.tell_comment(world, account, bubble.id, "remove")
    else:
        bubble.content, bubble.edited = {**bubble.content, "text": text}, True
        status = await walls.tell_comment(world, account, bubble.id, "edited")
    return Answer.json({"hook": status, "id": bubble.id})


async def _reacted(world: World, account: Account, author: str, deed: Deed) -> Answer:
    if account.kind == INSTAGRAM:
        raise cannot("Instagram tells nobody who likes a comment")
    bubble = walls.bubble_of(world, account, deed.about)
    bubble.reaction = deed.react
    thing = walls.things(account)[bubble.id]
    told = {
        "item": "reaction",
        "verb": "add" if deed.react else "remove",
        "reaction_type": REACTIONS.get(deed.react, "like"),
        "post_id": thing["post"],
        "from": {"id": author, "name": desk.name_of(account, author)},
        "created_time": int(moment()),
    }
    if bubble.id != thing["post"]:
        told["comment_id"] = bubble.id
    return Answer.json({"hook": await desk.changed(world, account, "feed", told), "id": bubble.id})


async def _mentioned(world: World, account: Account, author: str, text: str) -> Answer:
    """Below somebody else's post: Meta tells hardly more than where."""
    if account.kind == INSTAGRAM:
        media = walls.posted(world, account, author, text)
        status = await desk.changed(world, account, "mentions", {"media_id": media})
        return Answer.json({"hook": status, "id": media})
    post = walls.posted(world, account, author, text)
    told = {"item": "post", "verb": "add", "post_id": post, "created_time": int(moment())}
    status = await desk.changed(world, account, "mention", {**told, "message": text})
    return Answer.json({"hook": status, "id": post})


async def _reviewed(world: World, account: Account, author: str, deed: Deed) -> Answer:
    """A recommendation of a page: yes or no, and words."""
    if account.kind == INSTAGRAM:
        raise cannot("Instagram has no reviews")
    story = world.new_id("9")
    good = int(deed.values.get("rating", 1)) > 2
    text = str(deed.values.get("text", "")) or deed.text
    told = {
        "item": "rating",
        "verb": "add",
        "open_graph_story_id": story,
        "reviewer_id": author,
        "reviewer_name": desk.name_of(account, author),
        "recommendation_type": "POSITIVE" if good else "NEGATIVE",
        "review_text": text,
        "created_time": int(moment()),
    }
    return Answer.json({"hook": await desk.changed(world, account, "ratings", told), "id": story})
