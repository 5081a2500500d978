"""The few words that the desk's templates add to Django's."""

from __future__ import annotations

from django import template

from filo.desk.shown import icons, marks

register = template.Library()
register.simple_tag(marks.mark, name="mark")
register.simple_tag(marks.sprite, name="sprite")
register.simple_tag(icons.icon, name="icon")
