"""Google Business Profile: reviews with stars, pages of them, and the one answer each may have.

It calls nobody: it is asked. Options of an account: `page` (reviews a page at most), `forbidden`
(the project is not approved). `next` takes the common whims.

Acts, all in public: `review` {text, rating}, `edit` {text, rating} and `delete` about a review,
`own` {text} about one (the company answers in Google's own app).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from filo.emulators.accounts import Account, Bubble, Deed
from filo.emulators.web import Answer, Call, Refused, Router
from filo.emulators.whims import LOSE, indulge
from filo.emulators.world import World, moment

KIND = "reviews"
LONGEST = 4096  # bytes of an answer
MOST = 50
STARS = ("", "ONE", "TWO", "THREE", "FOUR", "FIVE")
PLACE = "/v4/accounts/{account}/locations/{location}/reviews"

router = Router()


# --- Google's side --------------------------------------------------------------


@router.on("POST", "/token")
async def token(call: Call, world: World) -> Answer:
    form = dict(parse_qsl(call.body.decode()))
    for account in world.accounts.of(KIND).values():
        kept = account.settings
        if form.get("client_id") != kept.get("client_id"):
            continue
        if any(form.get(name) != kept.get(name) for name in ("client_secret", "refresh_token")):
            return Answer.json({"error": "invalid_grant"}, status=400)
        made = world.new_id("ya29.")
        account.state["tokens"] = [*account.state.get("tokens", [])[-9:], made]
        return Answer.json({"access_token": made, "expires_in": 3599, "token_type": "Bearer"})
    return Answer.json({"error": "invalid_client"}, status=401)


@router.on("GET", PLACE)
async def listed(call: Call, world: World) -> Answer:
    account = _account(call, world)
    await indulge(account.next)
    found = sorted(_reviews(account).values(), key=lambda one: str(one["updateTime"]), reverse=True)
    size = min(int(call.query.get("pageSize") or MOST), int(account.options.get("page", MOST)))
    begin = int(call.query.get("pageToken") or 0)
    told: dict[str, Any] = {"totalReviewCount": len(found), "averageRating": _average(found)}
    if page := found[begin : begin + size]:
        told["reviews"] = page
    if len(found) > begin + size:
        told["nextPageToken"] = str(begin + size)
    return Answer.json(told)


@router.on("GET", PLACE + "/{review}")
async def one(call: Call, world: World) -> Answer:
    return Answer.json(_review(_account(call, world), call.places["review"]))


@router.on("PUT", PLACE + "/{review}/reply")
async def answer(call: Call, world: World) -> Answer:
    """There is one: the newest."""
    account = _account(call, world)
    wish = await indulge(account.next)
    review = _review(account, call.places["review"])
    comment = str(call.read(dict[str, Any]).get("comment", ""))
    if not 0 < len(comment.encode()) <= LONGEST:
        raise _refused(400, "INVALID_ARGUMENT", "comment: 1 to 4096 bytes")
    told = Answer.json(_reply(world, account, review, comment))
    return Answer(200, told.body, cut=wish == LOSE)


@router.on("DELETE", PLACE + "/{review}/reply")
async def unanswer(call: Call, world: World) -> Answer:
    account = _account(call, world)
    review = _review(account, call.places["review"])
    review.pop("reviewReply", None)
    if bubble := world.accounts.bubble(account, f"{review['reviewId']}-reply"):
        bubble.withdrawn = True
    return Answer.json({})


def _account(call: Call, world: World) -> Account:
    given = call.headers.get("authorization", "").removeprefix("Bearer ")
    place = f"accounts/{call.places['account']}/locations/{call.places['location']}"
    owners = [
        one for one in world.accounts.of(KIND).values() if given in one.state.get("tokens", [])
    ]
    if not owners:
        raise _refused(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
    for account in owners:
        if account.settings.get("location") == place and not account.options.get("forbidden"):
            return account
    raise _refused(403, "PERMISSION_DENIED", "The caller does not have permission")


def _review(account: Account, id_: str) -> dict[str, Any]:
    if id_ not in _reviews(account):
        raise _refused(404, "NOT_FOUND", "Requested entity was not found.")
    return _reviews(account)[id_]


def _reviews(account: Account) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = account.state.setdefault("reviews", {})
    return found


def _refused(status: int, name: str, message: str) -> Refused:
    error = {"code": status, "message": message, "status": name}
    return Refused(Answer.json({"error": error}, status=status))


def _average(found: list[dict[str, Any]]) -> float:
    stars = [STARS.index(one["starRating"]) for one in found]
    return round(sum(stars) / len(stars), 1) if stars else 0.0


def _now() -> str:
    return datetime.fromtimestamp(moment(), UTC).isoformat().replace("+00:00", "Z")


def _reply(world: World, account: Account, review: dict[str, Any], comment: str) -> dict[str, str]:
    reply = {"comment": comment, "updateTime": _now()}
    review["reviewReply"] = reply
    id_ = f"{review['reviewId']}-reply"
    bubble = world.accounts.bubble(account, id_)
    if bubble is None:
        bubble = Bubble(id_, True, moment(), "post", {}, by=account.name, public=True)
        bubble.answers, bubble.state = review["reviewId"], "sent"
        world.accounts.talk(account, "").bubbles.append(bubble)
    else:
        bubble.edited, bubble.withdrawn = True, False
    bubble.content = {"text": comment}
    return reply


# --- the customers ----------------------------------------------------------------


class Reviews:
    kind = KIND
    router: Router = router

    async def act(self, world: World, account: Account, person: str, deed: Deed) -> Answer:
        acts = {"review": _write, "post": _write, "edit": _edit, "delete": _delete, "own": _own}
        if deed.act not in acts:
            raise Refused(Answer.json({"error": f"nobody can {deed.act} a review"}, status=400))
        return Answer.json({"hook": 0, "id": acts[deed.act](world, account, person, deed)})

    async def read(self, world: World, account: Account, person: str) -> None:
        """Nobody is told who reads."""


def _write(world: World, account: Account, person: str, deed: Deed) -> str:
    id_, name = world.new_id("AbF"), _name(world, person, deed)
    rating, text = _rating(deed), str(deed.values.get("text") or deed.text)
    review: dict[str, Any] = {
        "name": f"{account.settings.get('location', '')}/reviews/{id_}",
        "reviewId": id_,
        "reviewer": {"displayName": name, "profilePhotoUrl": "", "isAnonymous": False},
        "starRating": STARS[rating],
        "createTime": _now(),
    }
    review["updateTime"] = review["createTime"]
    if text:
        review["comment"] = text
    _reviews(account)[id_] = review
    content = {"text": text, "rating": rating}
    bubble = Bubble(id_, False, moment(), "post", content, by=name, public=True)
    world.accounts.talk(account, "").bubbles.append(bubble)
    return id_


def _edit(world: World, account: Account, _: str, deed: Deed) -> str:
    review = _review(account, deed.about)
    rating = _rating(deed, otherwise=STARS.index(review["starRating"]))
    review["comment"] = str(deed.values.get("text") or review.get("comment", ""))
    review["starRating"], review["updateTime"] = STARS[rating], _now()
    if bubble := world.accounts.bubble(account, deed.about):
        bubble.content, bubble.edited = {"text": review["comment"], "rating": rating}, True
    return deed.about


def _delete(world: World, account: Account, _: str, deed: Deed) -> str:
    _review(account, deed.about)
    del _reviews(account)[deed.about]
    if bubble := world.accounts.bubble(account, deed.about):
        bubble.withdrawn = True
    return deed.about


def _own(world: World, account: Account, _: str, deed: Deed) -> str:
    _reply(world, account, _review(account, deed.about), str(deed.values.get("text", "")))
    return f"{deed.about}-reply"


def _rating(deed: Deed, *, otherwise: int = 5) -> int:
    given = deed.values.get("rating") or otherwise
    return min(5, max(1, int(given)))


def _name(world: World, person: str, deed: Deed) -> str:
    known = world.people.get(person)
    return deed.name or (known.name if known and known.name else person) or "A Google user"


player = Reviews()
