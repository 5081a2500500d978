"""QR codes as pictures that stand inside a page."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO

import qrcode
from qrcode.image.svg import SvgPathImage

QUIET = 4  # modules around it that must stay white


def picture(text: str) -> str:
    """An address that is the picture itself: one path, to be shown on white."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=QUIET)
    code.add_data(text)
    drawn, image = BytesIO(), code.make_image(image_factory=SvgPathImage)
    image.save(drawn)
    return f"data:image/svg+xml;base64,{b64encode(drawn.getvalue()).decode()}"
