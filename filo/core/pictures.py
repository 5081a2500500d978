"""Pictures are never passed on as they came: each is decoded and drawn again, without metadata."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from PIL import Image, ImageOps

FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif"}
MOST_PIXELS = 50_000_000
MOST_MOVING_PIXELS = 60_000_000  # all frames of an animation together; beyond, the first one stays
LONGEST_SIDE = 4096
THUMBNAIL = 640  # twice what a bubble is wide: sharp on a fine screen too


class PictureRefused(Exception):
    """Not a picture that can be drawn, or one too large to try."""


@dataclass(frozen=True)
class Drawn:
    mime: str
    width: int
    height: int


def redraw(source: Path, target: IO[bytes]) -> Drawn:
    """Decode `source` and write a clean picture of the same kind to `target`."""
    with _opened(source) as image:
        kind = "JPEG" if image.format == "MPO" else image.format or ""  # several photos in one
        frames = getattr(image, "n_frames", 1) if kind != "JPEG" else 1
        if frames > 1 and image.width * image.height * frames <= MOST_MOVING_PIXELS:
            return _redraw_moving(image, target, kind)
        still = _still(image, kind, longest=LONGEST_SIDE)
        _save(still, target, kind)
        return Drawn(FORMATS[kind], still.width, still.height)


def shrink(source: Path, target: IO[bytes]) -> bool:
    """Write a small WebP of the picture; False when it is small already, or moves."""
    with _opened(source) as image:
        if max(image.size) <= THUMBNAIL or getattr(image, "n_frames", 1) > 1:
            return False
        _save(_still(image, "WEBP", longest=THUMBNAIL), target, "WEBP")
        return True


@contextmanager
def _opened(source: Path) -> Iterator[Image.Image]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(source, formats=list(FORMATS)) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise PictureRefused(f"A picture of {image.width} x {image.height} points.")
                yield image
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise PictureRefused("The picture cannot be read.") from error
    except (IndexError, TypeError, KeyError, MemoryError) as error:
        # Pillow's readers fail like this too on broken files
        raise PictureRefused("The picture is broken.") from error


def _still(image: Image.Image, kind: str, *, longest: int) -> Image.Image:
    image.draft("RGB", (longest, longest))  # a JPEG can be decoded at a fraction of its size
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((longest, longest))
    return _bare(upright, kind)


def _bare(image: Image.Image, kind: str) -> Image.Image:
    """The pixels alone: a new picture has no room for what the old one carried beside them."""
    clear = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    plain = image.convert("RGBA" if clear and kind != "JPEG" else "RGB")
    bare = Image.new(plain.mode, plain.size)
    bare.paste(plain)
    return bare


def _redraw_moving(image: Image.Image, target: IO[bytes], kind: str) -> Drawn:
    frames, pauses = [], []
    for number in range(getattr(image, "n_frames", 1)):
        image.seek(number)
        frames.append(_bare(image, kind))
        pauses.append(max(20, int(image.info.get("duration", 100))))
    frames[0].save(
        target,
        format=kind,
        save_all=True,
        append_images=frames[1:],
        duration=pauses,
        loop=0,
        **({"disposal": 2} if kind == "GIF" else {}),
    )
    return Drawn(FORMATS[kind], frames[0].width, frames[0].height)


def _save(image: Image.Image, target: IO[bytes], kind: str) -> None:
    match kind:
        case "JPEG":
            image.save(target, format=kind, quality=88, optimize=True, progressive=True)
        case "WEBP":
            image.save(target, format=kind, quality=85)
        case _:
            image.save(target, format=kind)
