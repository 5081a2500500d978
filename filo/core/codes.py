"""Codes to be scanned: QR, Aztec and PDF417, as a drawing or as a picture.

The only module that knows the library (decision 0018): zxing-cpp, which writes and reads all three.
"""

from __future__ import annotations

import io
import re

import msgspec
import zxingcpp
from PIL import Image

_FORMATS = {
    "qr": zxingcpp.BarcodeFormat.QRCode,
    "aztec": zxingcpp.BarcodeFormat.Aztec,
    "pdf417": zxingcpp.BarcodeFormat.PDF417,
}
KINDS = frozenset(_FORMATS)
_SIZE = re.compile(r'<svg width="(\d+)" height="(\d+)"')
_PATH = re.compile(r'<path d="([MmHhVvZz0-9 .\-]+)"')


class CodeRefused(ValueError):
    """No such code: the kind is unknown, or it cannot hold that much."""


class Drawn(msgspec.Struct, frozen=True):
    """The dark cells of a code with the quiet zone around it, in units of one cell."""

    width: int
    height: int
    path: str


def drawn(kind: str, payload: str) -> Drawn:
    """The code as one path, for whoever draws it."""
    told = _made(kind, payload).to_svg(add_quiet_zones=True)
    size, path = _SIZE.search(told), _PATH.search(told)
    if size is None or path is None:
        raise CodeRefused(f"{kind} could not be drawn")
    return Drawn(int(size[1]), int(size[2]), path[1])


def png(kind: str, payload: str, *, scale: int = 8) -> bytes:
    """The code as a picture, for channels and papers that take no drawing."""
    picture = Image.fromarray(_made(kind, payload).to_image(scale=scale, add_quiet_zones=True))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def read(picture: bytes) -> list[str]:
    """What the codes on a picture say."""
    with Image.open(io.BytesIO(picture)) as opened:
        return [found.text for found in zxingcpp.read_barcodes(opened.convert("L"))]


def _made(kind: str, payload: str) -> zxingcpp.Barcode:
    if kind not in _FORMATS:
        raise CodeRefused(f"{kind} is no code that we draw: {', '.join(sorted(KINDS))}")
    if not payload:
        raise CodeRefused("a code must say something")
    try:
        return zxingcpp.create_barcode(payload, _FORMATS[kind])
    except ValueError as problem:
        raise CodeRefused(f"a {kind} code cannot say this: {problem}") from None
