"""WeChat's API for official accounts, as far as customer care needs it."""

from __future__ import annotations

from email.parser import BytesParser
from email.policy import HTTP
from typing import TYPE_CHECKING, Any

from filo.emulators.accounts import Bubble
from filo.emulators.players.wechat import followers, pushes, screens
from filo.emulators.players.wechat.errors import ERRORS, fine, refused
from filo.emulators.web import Answer, Call, Router
from filo.emulators.whims import LOSE, indulge
from filo.emulators.world import File, moment

if TYPE_CHECKING:
    from filo.emulators.accounts import Account
    from filo.emulators.world import World

KIND = "wechat"
LIFE = 7200
GRACE = 300  # seconds that an older token still works after a new one was asked for
KEPT = 3 * 24 * 3600
LONGEST = 2048  # bytes of a text
TYPING = 15
MIB = 1024 * 1024
LARGEST = {"image": 10 * MIB, "voice": 2 * MIB, "video": 10 * MIB, "thumb": 64 * 1024}

router = Router()


# --- tokens ---------------------------------------------------------------


@router.on("GET", "/cgi-bin/token")
async def token(call: Call, world: World) -> Answer:
    """A new one each time; the older ones end soon."""
    account = _business(world, call.query.get("appid", ""), call.query.get("secret", ""))
    return _fresh(world, account)


@router.on("POST", "/cgi-bin/stable_token")
async def stable_token(call: Call, world: World) -> Answer:
    """The same for everybody who asks, until it ends or somebody insists."""
    wish = call.read(dict[str, Any])
    account = _business(world, str(wish.get("appid", "")), str(wish.get("secret", "")))
    now, tokens = moment(), _tokens(account)
    left = {each: until for each, until in tokens.items() if until - now > GRACE}
    if left and not wish.get("force_refresh"):
        best = max(left, key=lambda each: left[each])
        return Answer.json({"access_token": best, "expires_in": int(left[best] - now)})
    return _fresh(world, account)


def _business(world: World, app_id: str, secret: str) -> Account:
    for account in world.accounts.of(KIND).values():
        if account.settings.get("app_id") == app_id:
            if account.options.get("ip_refused"):
                raise refused("40164")
            if account.settings.get("app_secret") != secret:
                raise refused("40125")
            return account
    raise refused("40013")


def _fresh(world: World, account: Account) -> Answer:
    life = float(account.options.get("token_life", LIFE))
    tokens = _tokens(account)
    for each, until in tokens.items():
        tokens[each] = min(until, moment() + GRACE)
    made = world.new_id("wx")
    tokens[made] = moment() + life
    return Answer.json({"access_token": made, "expires_in": int(life)})


def _tokens(account: Account) -> dict[str, float]:
    found: dict[str, float] = account.state.setdefault("tokens", {})
    return found


async def _account(call: Call, world: World) -> tuple[Account, str]:
    """Whose token is it; and what goes wrong with this call on demand."""
    given = call.query.get("access_token", "")
    for account in world.accounts.of(KIND).values():
        if (until := _tokens(account).get(given)) is not None:
            if until <= moment():
                raise refused("42001")
            wish = await indulge(account.next)
            if wish in ERRORS:
                raise refused(wish)
            return account, wish
    raise refused("40001")


# --- what the business says ------------------------------------------------


@router.on("POST", "/cgi-bin/message/custom/send")
async def send(call: Call, world: World) -> Answer:
    account, wish = await _account(call, world)
    said = call.read(dict[str, Any])
    id_ = str(said.get("touser", ""))
    person = followers.person_of(account, id_)
    _refuse_if_gone(account, id_)
    kind, content = screens.drawn(world, said)
    if kind == "text" and len(str(said["text"].get("content", "")).encode()) > LONGEST:
        raise refused("45002")
    followers.spend(account, id_)
    bubble = Bubble(world.new_id("wxout"), True, moment(), kind, content, state="sent")
    bubble.by = str(said.get("customservice", {}).get("kf_account", ""))
    talk = world.accounts.talk(account, person)
    talk.bubbles.append(bubble)
    talk.typing_until = 0.0
    answer = fine()
    return Answer(200, answer.body, cut=wish == LOSE)


def _refuse_if_gone(account: Account, id_: str) -> None:
    if followers.away(account, id_):
        raise refused("43004")
    if followers.blocked(account, id_):
        raise refused("48002")


@router.on("POST", "/cgi-bin/message/custom/typing")
async def typing(call: Call, world: World) -> Answer:
    account, _ = await _account(call, world)
    wish = call.read(dict[str, str])
    talk = world.accounts.talk(account, followers.person_of(account, wish.get("touser", "")))
    if wish.get("command") not in ("Typing", "CancelTyping"):
        raise refused("45072")
    talk.typing_until = moment() + TYPING if wish["command"] == "Typing" else 0.0
    return fine()


@router.on("GET", "/cgi-bin/template/get_all_private_template")
async def templates(call: Call, world: World) -> Answer:
    account, _ = await _account(call, world)
    return Answer.json({"template_list": _templates(account)})


@router.on("POST", "/cgi-bin/message/template/send")
async def template(call: Call, world: World) -> Answer:
    """The text for outside the window; whether it arrived is told later."""
    account, wish = await _account(call, world)
    said = call.read(dict[str, Any])
    id_, ref = str(said.get("touser", "")), str(said.get("client_msg_id", ""))
    person = followers.person_of(account, id_)
    if followers.away(account, id_):
        raise refused("43004")
    known = {one["template_id"]: one for one in _templates(account)}
    if said.get("template_id") not in known:
        raise refused("40037")
    used: dict[str, bool] = account.state.setdefault("refs", {})
    if ref and ref in used:
        raise refused("45065")
    used[ref] = True
    msgid = 100_000_000 + len(account.state.setdefault("sent", [])) + 1
    account.state["sent"].append(msgid)
    content = screens.filled(known[said["template_id"]], said.get("data", {}))
    bubble = Bubble(str(msgid), True, moment(), "template", content, ref=ref, state="sent")
    bubble.content |= {"url": said.get("url", "")}
    world.accounts.talk(account, person).bubbles.append(bubble)
    world.later(_finished(world, account, id_, msgid))
    answer = fine(msgid=msgid)
    return Answer(200, answer.body, cut=wish == LOSE)


@router.on("GET", "/wxaapi/newtmpl/gettemplate")
async def notices(call: Call, world: World) -> Answer:
    account, _ = await _account(call, world)
    return fine(data=_notices(account))


def _notices(account: Account) -> list[dict[str, Any]]:
    given: list[dict[str, Any]] = account.options.get("notices", [])
    made = {"priTmplId": "ntc-boarding", "title": "Boarding", "content": "Gate: {{thing1.DATA}}"}
    return given or [made | {"example": "Gate: A12", "type": 2}]


@router.on("POST", "/cgi-bin/message/subscribe/bizsend")
async def notice(call: Call, world: World) -> Answer:
    """To who has ticked it, once a tick; no id comes back, and the outcome is told later."""
    account, wish = await _account(call, world)
    said = call.read(dict[str, Any])
    id_, name = str(said.get("touser", "")), str(said.get("template_id", ""))
    person = followers.person_of(account, id_)
    known = {one["priTmplId"]: one for one in _notices(account)}
    if name not in known:
        raise refused("40037")
    if not account.state.setdefault("ticked", {}).pop(f"{id_}:{name}", False):
        raise refused("43101")
    content = screens.filled(known[name], said.get("data", {})) | {"url": said.get("page", "")}
    bubble = Bubble(world.new_id("ntc"), True, moment(), "template", content, state="sent")
    world.accounts.talk(account, person).bubbles.append(bubble)
    sent = {"TemplateId": name, "MsgID": world.new_id("1"), "ErrorCode": "0"}
    world.later(_noticed(world, account, id_, sent | {"ErrorStatus": "success"}))
    return Answer(200, fine().body, cut=wish == LOSE)


async def _noticed(world: World, account: Account, id_: str, sent: dict[str, str]) -> None:
    told = {"SubscribeMsgSentEvent": {"List": sent}}
    happened = event(account, id_, "subscribe_msg_sent_event") | told
    await pushes.push(world, account, followers.person_of(account, id_), happened)


async def _finished(world: World, account: Account, id_: str, msgid: int) -> None:
    status = "failed:user block" if followers.blocked(account, id_) else "success"
    told = event(account, id_, "TEMPLATESENDJOBFINISH") | {"MsgID": msgid, "Status": status}
    await pushes.push(world, account, followers.person_of(account, id_), told)


def event(account: Account, id_: str, name: str) -> dict[str, Any]:
    return {
        "ToUserName": gh_of(account),
        "FromUserName": id_,
        "CreateTime": int(moment()),
        "MsgType": "event",
        "Event": name,
    }


def gh_of(account: Account) -> str:
    return account.settings.get("account") or account.settings.get("original_id") or account.name


def _templates(account: Account) -> list[dict[str, str]]:
    given: list[dict[str, str]] = account.options.get("templates", [])
    return given or [
        {
            "template_id": "tpl-answer-ready",
            "title": "Answer ready",
            "content": "{{first.DATA}}\nCase: {{keyword1.DATA}}\n{{remark.DATA}}",
            "example": "",
            "primary_industry": "",
            "deputy_industry": "",
        }
    ]


# --- files, people, codes ---------------------------------------------------


@router.on("POST", "/cgi-bin/media/upload")
async def upload(call: Call, world: World) -> Answer:
    await _account(call, world)
    kind = call.query.get("type", "")
    if kind not in LARGEST:
        raise refused("40004")
    name, mime, body = _file(call)
    if len(body) > LARGEST[kind]:
        raise refused("45001")
    file = File(world.new_id("media"), mime, body, name, said_at=moment())
    world.files[file.id] = file
    return Answer.json({"type": kind, "media_id": file.id, "created_at": int(moment())})


def _file(call: Call) -> tuple[str, str, bytes]:
    head = f"content-type: {call.headers.get('content-type', '')}\r\n\r\n".encode()
    for part in BytesParser(policy=HTTP).parsebytes(head + call.body).iter_parts():
        if part.get_param("name", header="content-disposition") == "media":
            body = part.get_payload(decode=True)
            assert isinstance(body, bytes)
            return part.get_filename() or "", part.get_content_type(), body
    raise refused("47001")


@router.on("GET", "/cgi-bin/media/get")
async def media(call: Call, world: World) -> Answer:
    await _account(call, world)
    file = world.files.get(call.query.get("media_id", ""))
    if file is None or (file.said_at and moment() - file.said_at > KEPT):
        raise refused("40007")
    if file.mime.startswith("video/"):
        return Answer.json({"video_url": f"{call.origin}/wechat-media/{file.id}"})
    named = {"content-disposition": f'attachment; filename="{file.name or file.id}"'}
    return Answer(200, file.body, file.mime, named)


@router.on("GET", "/wechat-media/{file}")
async def video(call: Call, world: World) -> Answer:
    file = world.files.get(call.places["file"])
    return Answer(200, file.body, file.mime) if file else Answer(404)


@router.on("GET", "/cgi-bin/user/info")
async def user(call: Call, world: World) -> Answer:
    """No name and no picture any more, since December 2021."""
    account, _ = await _account(call, world)
    id_ = call.query.get("openid", "")
    person = followers.person_of(account, id_)
    if followers.away(account, id_):
        return Answer.json({"subscribe": 0, "openid": id_})
    told = {"subscribe": 1, "openid": id_, "language": "it", "subscribe_time": int(moment())}
    told |= {"remark": "", "tagid_list": [], "subscribe_scene": "ADD_SCENE_QR_CODE"}
    union = followers.unionid(account, person)
    return Answer.json(told | ({"unionid": union} if union else {}))


@router.on("POST", "/cgi-bin/qrcode/create")
async def code(call: Call, world: World) -> Answer:
    await _account(call, world)
    wish = call.read(dict[str, Any])
    scene = wish.get("action_info", {}).get("scene", {})
    word = str(scene.get("scene_str") or scene.get("scene_id") or "")
    if not 0 < len(word) <= 64:
        raise refused("47001")
    ticket = world.new_id("gQ")
    told = {"ticket": ticket, "url": f"http://weixin.qq.com/q/{word}"}
    return Answer.json(told | {"expire_seconds": wish.get("expire_seconds", 0)})
