"""The Send API: what a page or account says to one person, and what becomes of it."""

from __future__ import annotations

from typing import Any

from filo.emulators.accounts import Account, Bubble, Talk
from filo.emulators.players._meta import desk
from filo.emulators.players._meta.checks import wrong_with
from filo.emulators.players._meta.desk import INSTAGRAM, MESSENGER
from filo.emulators.players._meta.drawing import drawn
from filo.emulators.players._meta.errors import refused, wished
from filo.emulators.web import Answer
from filo.emulators.whims import LOSE
from filo.emulators.world import World, moment

DAY = 24 * 3600
TYPING_SECONDS = 20
PRIVATELY = 7 * DAY


async def take(world: World, account: Account, body: dict[str, Any]) -> Answer:
    """One call of `/messages`: a message, or something done in the thread."""
    if action := body.get("sender_action"):
        return _action(world, account, body, str(action))
    wish = await wished(account)
    message = {**body.get("message", {})}
    if "template" in body:
        message["template"] = body["template"]
    if problem := wrong_with(message, account.kind):
        raise refused("100", problem)
    inbox, to, comment = _addressed(world, account, body.get("recipient", {}))
    talk = world.accounts.talk(inbox, desk.person_of(inbox, to))
    _may(inbox, talk, body, comment)
    bubble = _kept(world, inbox, talk, message, body)
    world.later(_follow(world, inbox, bubble, to, message))
    told = {"recipient_id": to, "message_id": bubble.id}
    return Answer(200, Answer.json(told).body, cut=wish == LOSE)


# --- to whom --------------------------------------------------------------


def _addressed(
    world: World, account: Account, recipient: dict[str, Any]
) -> tuple[Account, str, dict[str, Any] | None]:
    """The inbox, the person's id there, and the comment that is taken up in private, if any."""
    thing = str(recipient.get("comment_id") or recipient.get("post_id") or "")
    if thing:
        return _author(world, account, thing)
    to = str(recipient.get("id", ""))
    if not desk.person_of(account, to):
        raise refused("100/2534014" if account.kind == INSTAGRAM else "100/2018001")
    return account, to, None


def _author(world: World, account: Account, thing: str) -> tuple[Account, str, dict[str, Any]]:
    walls = [one for one in desk.accounts(world) if desk.our_id(one) == desk.our_id(account)]
    wall = next((one for one in walls if thing in one.state.get("things", {})), None)
    if wall is None:
        raise refused("100/33")
    comment: dict[str, Any] = wall.state["things"][thing]
    if comment.get("replied"):
        raise refused("10900")
    if comment["author"] == desk.our_id(wall) or wall.options.get("strangers"):
        raise refused("10903")
    if moment() - comment["at"] > PRIVATELY:
        raise refused("10", "The comment is older than seven days")
    inbox = account if account.kind == INSTAGRAM else desk.sibling(world, account, MESSENGER)
    person = desk.person_of(wall, comment["author"])
    to = desk.scoped(inbox, person, desk.name_of(wall, comment["author"]))
    return inbox, to, comment


# --- may it go ------------------------------------------------------------


def _may(
    account: Account, talk: Talk, body: dict[str, Any], comment: dict[str, Any] | None
) -> None:
    if talk.blocked:
        raise refused("551/1545041")
    kind, tag = body.get("messaging_type", "RESPONSE"), body.get("tag", "")
    if kind == "MESSAGE_TAG" and tag != "HUMAN_AGENT":
        raise refused("100/1893061")
    if comment is not None:
        comment["replied"] = True
        return
    if kind == "UTILITY" or "template" in body.get("message", {}):
        if account.kind == INSTAGRAM or account.settings.get("utility") != "yes":
            raise refused("200", "page_utility_messaging is missing")
        return
    _within(account, talk, days=7 if tag == "HUMAN_AGENT" else 1)


def _within(account: Account, talk: Talk, *, days: int) -> None:
    """The window. What the emulators forgot over a restart nobody holds against us."""
    heard = desk.heard_at(talk)
    if days > 1 and account.settings.get("human_agent") != "yes":
        raise refused("10", "The Human Agent feature is not granted")
    if heard and moment() - heard > days * DAY:
        raise refused("10/2534022" if account.kind == INSTAGRAM else "10/2018278")


# --- what becomes of it ---------------------------------------------------


def _kept(
    world: World, account: Account, talk: Talk, message: dict[str, Any], body: dict[str, Any]
) -> Bubble:
    quoted = str((body.get("reply_to") or {}).get("mid", ""))
    if quoted and desk.bubble_of(talk, quoted) is None:
        raise refused("100", "The message that is replied to does not exist")
    mark = "aWdfZAG1" if account.kind == INSTAGRAM else "m_"
    kind, content = drawn(message, world)
    bubble = Bubble(world.new_id(mark), True, moment(), kind, content, answers=quoted, state="sent")
    bubble.ref = str(message.get("metadata", ""))
    talk.bubbles.append(bubble)
    talk.typing_until = 0.0
    return bubble


async def _follow(
    world: World, account: Account, bubble: Bubble, to: str, message: dict[str, Any]
) -> None:
    """Our own words come back to us; Messenger tells of delivery, Instagram does not."""
    app = account.settings.get("app_id", "")
    said = {name: message[name] for name in ("text", "metadata") if message.get(name)}
    if attachment := message.get("attachment"):
        said["attachments"] = [attachment]
    echoed = {"mid": bubble.id, "is_echo": True, "app_id": int(app) if app.isdigit() else desk.APP}
    await desk.echo(world, account, to, {**echoed, **said})
    if account.kind == INSTAGRAM:
        return
    bubble.state = "delivered"
    delivery: dict[str, Any] = {"watermark": int(moment() * 1000)}
    if not account.options.get("no_mids"):
        delivery["mids"] = [bubble.id]
    await desk.messaging(world, account, to, {"delivery": delivery})


def _action(world: World, account: Account, body: dict[str, Any], action: str) -> Answer:
    to = str(body.get("recipient", {}).get("id", ""))
    person = desk.person_of(account, to)
    if not person or "message" in body:
        raise refused("100")
    talk = world.accounts.talk(account, person)
    payload = body.get("payload", {})
    match action:
        case "typing_on" | "typing_off":
            talk.typing_until = moment() + TYPING_SECONDS if action == "typing_on" else 0.0
        case "mark_seen":
            for bubble in talk.bubbles:
                bubble.state = bubble.state if bubble.out else "read"
        case "react" | "unreact":
            about = desk.bubble_of(talk, str(payload.get("message_id", "")))
            if about is None:
                raise refused("100")
            about.reaction = str(payload.get("reaction", "")) if action == "react" else ""
        case _:
            raise refused("100", f"Unknown sender_action {action}")
    return Answer.json({"recipient_id": to})
