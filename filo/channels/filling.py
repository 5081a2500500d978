"""Fill in a template, and say clearly which of its variables has no value. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from filo.channels.contract import Media, Template
from filo.channels.types import BadTemplate, TemplateView

FILES = ("image", "video", "document")
_PLACE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def filled(
    template: TemplateView, values: Mapping[str, str], *, header: Media | None = None
) -> Template:
    """The template as a part, with the words the customer will read; else `BadTemplate`."""
    if not template.usable:
        raise BadTemplate(f"The template {template.name} is {template.state}: choose another.")
    given = {name: " ".join(value.split()) for name, value in values.items()}
    if problems := _problems(template, given, header):
        raise BadTemplate(" ".join(problems.values()), problems)
    return Template(
        name=template.name,
        language=template.language,
        text=reading(template, given),
        values={name: given[name] for name in template.variables},
        header=header if template.header in FILES else None,
    )


def reading(template: TemplateView, values: Mapping[str, str]) -> str:
    """How it reads; a variable without a value stands there by its name."""
    head = "" if template.header in (*FILES, "location") else template.header
    pieces = (
        _with(head, "header", values),
        _with(template.body, "body", values),
        template.footer,
    )
    return "\n".join(piece for piece in pieces if piece)


def places(where: str, text: str) -> list[str]:
    """The variables of one component, each once, in the order in which they are read."""
    return list(dict.fromkeys(f"{where}.{name}" for name in _PLACE.findall(text)))


def _problems(
    template: TemplateView, given: Mapping[str, str], header: Media | None
) -> dict[str, str]:
    problems = {
        name: f"{name} is empty: every variable of a template needs a value."
        for name in template.variables
        if not given.get(name)
    }
    known = ", ".join(template.variables) or "none"
    for name in given:
        if name not in template.variables:
            problems[name] = f"{template.name} has no variable {name}. It has: {known}."
    if template.header in FILES and header is None:
        problems["header"] = f"{template.name} begins with a file ({template.header}): attach one."
    return problems


def _with(text: str, where: str, values: Mapping[str, str]) -> str:
    def said(found: re.Match[str]) -> str:
        return values.get(f"{where}.{found[1]}") or found[0]

    return _PLACE.sub(said, text)
