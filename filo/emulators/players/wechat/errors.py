"""WeChat's errors: always HTTP 200, and a number in the body."""

from __future__ import annotations

from filo.emulators.web import Answer, Refused

ERRORS = {
    "-1": "system error",
    "40001": "invalid credential, access_token is invalid or not latest",
    "40003": "invalid openid",
    "40004": "invalid media type",
    "40007": "invalid media_id",
    "40013": "invalid appid",
    "40014": "invalid access_token",
    "40037": "invalid template_id",
    "40125": "invalid appsecret",
    "40164": "invalid ip, not in whitelist",
    "42001": "access_token expired",
    "43004": "require subscribe",
    "43019": "require remove blacklist",
    "43101": "user refuse to accept the msg",
    "44004": "empty content",
    "45001": "media size out of limit",
    "45002": "content size out of limit",
    "45009": "reach max api daily quota limit",
    "45011": "api minute-quota reach limit, must slower, retry next minute",
    "45015": "response out of time limit or subscription is canceled",
    "45047": "out of response count limit",
    "45065": "clientmsgid exist",
    "45072": "invalid command",
    "45080": "can not get valid message",
    "45081": "typing already",
    "47001": "data format error",
    "48001": "api unauthorized",
    "48002": "user blocked this account",
    "50005": "user is unsubscribed",
    "61451": "invalid parameter",
    "61453": "invalid kf_account",
}


def refused(code: str) -> Refused:
    return Refused(Answer.json({"errcode": int(code), "errmsg": f"{ERRORS[code]} hint: [played]"}))


def fine(**more: object) -> Answer:
    return Answer.json({"errcode": 0, "errmsg": "ok", **more})
