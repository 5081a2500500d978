"""The two shelves of texts for outside the window: template messages, and subscription notices."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from filo.channels.contract import Approved, Reply
from filo.connectors.wechat.outbound import NOTICE
from filo.core.text import UNREADABLE

NOT_OURS = {48001, 46001, 40066}  # this sort of account has no such shelf
# `{{keyword1.DATA}}` in what WeChat shows, `{{keyword1}}` in ours.
_PLACE = re.compile(r"\{\{\s*(\w+)\.DATA\s*\}\}")
LANGUAGE = "zh_CN"  # the fixed words of every template


class _Template(msgspec.Struct):
    template_id: str = ""
    title: str = ""
    content: str = ""


class _Templates(msgspec.Struct):
    template_list: list[_Template] = []


class _Notice(msgspec.Struct, rename="camel"):
    pri_tmpl_id: str = ""
    title: str = ""
    content: str = ""


class _Notices(msgspec.Struct):
    data: list[_Notice] = []


def _templates(reply: Reply) -> list[Approved]:
    try:
        listed = msgspec.json.decode(reply.body, type=_Templates).template_list
    except UNREADABLE:
        return []
    return [
        _approved(one.template_id, one.title, one.content, "template")
        for one in listed
        if one.template_id
    ]


def _notices(reply: Reply) -> list[Approved]:
    try:
        listed = msgspec.json.decode(reply.body, type=_Notices).data
    except UNREADABLE:
        return []
    return [
        _approved(NOTICE + one.pri_tmpl_id, one.title, one.content, "subscription")
        for one in listed
        if one.pri_tmpl_id
    ]


def _approved(name: str, title: str, content: str, category: str) -> Approved:
    places = tuple(dict.fromkeys(_PLACE.findall(content)))
    return Approved(
        name=name,
        language=LANGUAGE,
        state="approved",
        category=category,
        header=title,
        body=_PLACE.sub(r"{{\1}}", content),
        variables=tuple(f"body.{place}" for place in places),
    )


SHELVES: tuple[tuple[str, Callable[[Reply], list[Approved]]], ...] = (
    ("cgi-bin/template/get_all_private_template", _templates),
    ("wxaapi/newtmpl/gettemplate", _notices),
)
