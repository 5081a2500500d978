"""Icons are drawn as the library draws them, without its reading."""

from __future__ import annotations

from xml.etree import ElementTree

import lucide
import pytest

from filo.desk.shown.icons import icon


@pytest.mark.parametrize("name", ["check", "send", "message-circle", "arrow-down-up"])
@pytest.mark.parametrize("size", ["", "l"])
def test_an_icon_looks_as_the_library_draws_it(name: str, size: str) -> None:
    classes = f"i {size}".strip()
    theirs = lucide._render_icon(name, 16, **{"class": classes, "aria_hidden": "true"})

    assert shape(icon(name, size)) == shape(theirs)


def test_a_name_that_is_none_is_told() -> None:
    with pytest.raises(KeyError):
        icon("no-such-icon")


def shape(drawn: str) -> list[tuple[str, dict[str, str]]]:
    return [(one.tag, one.attrib) for one in ElementTree.fromstring(drawn).iter()]  # noqa: S314
