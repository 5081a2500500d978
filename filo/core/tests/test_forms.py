"""A form is taken apart as Python's own reader does it."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filo.core.forms import MOST, pairs


def theirs(body: bytes) -> tuple[tuple[str, str], ...]:
    return tuple(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"a=1&a=1&b=",
        b"&&a&=b&a=b=c",
        b"Body=Dov%27%C3%A8+il+pacco%3F+1%2B1%3D2%26",
        b"half=%C3&none=%zz&cut=%2&nul=%00",
        "raw=è%C3%A8&%C3%A8=1".encode(),
        b"broken=\xc3&x=1",
    ],
)
def test_a_form_is_read_as_python_reads_it(body: bytes) -> None:
    assert pairs(body) == theirs(body)


@given(st.lists(st.sampled_from([b"a", b"=", b"&", b"+", b"%", b"%2B", b"%C3", b"%A9", b"\xc3"])))
def test_so_is_any_string_of_what_a_form_is_made_of(pieces: list[bytes]) -> None:
    assert pairs(b"".join(pieces)) == theirs(b"".join(pieces))


def test_of_a_form_without_end_only_the_beginning_is_read() -> None:
    """It is taken apart before anybody has proved who they are."""
    assert pairs(b"a=1&" * (MOST * 3)) == (("a", "1"),) * MOST
