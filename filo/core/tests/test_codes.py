from __future__ import annotations

import io
import re

import cv2
import numpy
import pytest
from PIL import Image, ImageDraw

from filo.core import codes

BOARDING = "M1CONTI/ADA           EX7K2PQ MXPFCOFI 0123 327Y012A0001 100"


@pytest.mark.parametrize("kind", sorted(codes.KINDS))
@pytest.mark.parametrize("payload", [BOARDING, "https://x.example/è?a=1&b=2"])
def test_a_code_says_what_it_was_told(kind: str, payload: str) -> None:
    assert codes.read(codes.png(kind, payload)) == [payload]


@pytest.mark.parametrize("payload", ["https://care.acme.it/c/chn_01/", f"filo:1:{'A' * 40}"])
def test_a_reader_that_did_not_write_it_reads_a_square(payload: str) -> None:
    """One library writes and reads ours: a second one must agree."""
    pixels = cv2.imdecode(
        numpy.frombuffer(codes.png("qr", payload), numpy.uint8), cv2.IMREAD_GRAYSCALE
    )
    assert pixels is not None
    assert cv2.QRCodeDetector().detectAndDecode(pixels)[0] == payload


@pytest.mark.parametrize("kind", sorted(codes.KINDS))
def test_the_drawing_can_be_read_as_well_as_the_picture(kind: str) -> None:
    assert codes.read(painted(codes.drawn(kind, BOARDING))) == [BOARDING]


def test_a_drawing_holds_nothing_but_cells() -> None:
    told = codes.drawn("qr", "</svg><script>alert(1)</script>")
    assert re.fullmatch(r"[MhvZ0-9 .\-]+", told.path)


@pytest.mark.parametrize(
    ("kind", "payload"), [("ean", "1"), ("qr", ""), ("qr", "x" * 9000), ("aztec", "x" * 9000)]
)
def test_what_no_code_can_say_is_refused(kind: str, payload: str) -> None:
    with pytest.raises(codes.CodeRefused):
        codes.drawn(kind, payload)


def painted(one: codes.Drawn, scale: int = 6) -> bytes:
    """The path as a browser paints it: each cell is `M x y h w v h h -w Z`."""
    picture = Image.new("L", (one.width * scale, one.height * scale), 255)
    pen = ImageDraw.Draw(picture)
    for cell in re.findall(r"M([\d.]+) ([\d.]+)h([\d.]+)v([\d.]+)h-[\d.]+Z", one.path):
        x, y, wide, high = (float(number) * scale for number in cell)
        pen.rectangle((x, y, x + wide - 1, y + high - 1), fill=0)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
