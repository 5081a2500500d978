"""The few words that the desk's templates add to Django's."""

from __future__ import annotations

from functools import cache

import lucide
from django import template
from django.utils.safestring import SafeString

from filo.desk.shown import marks

register = template.Library()
register.simple_tag(marks.mark, name="mark")
register.simple_tag(marks.sprite, name="sprite")


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """A Lucide icon; `size` is `s`, `l` or nothing."""
    return _drawn(name, size)


@cache
def _drawn(name: str, size: str) -> SafeString:
    classes = f"i {size}".strip()
    return SafeString(lucide._render_icon(name, 16, **{"class": classes, "aria_hidden": "true"}))
