"""What a file is, and what it may be called: pure, from its name, its claim and its first bytes.

A claim is only a hint and so are the first bytes: what protects the reader is that pictures are
drawn again, that all else is handed out as a download, and that files have an origin of their own.
"""

from __future__ import annotations

import re
import unicodedata

BINARY = "application/octet-stream"
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
OFFICE = "application/vnd.openxmlformats-officedocument."
BY_ENDING = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "gif": "image/gif",
    "heic": "image/heic",
    "heif": "image/heif",
    "avif": "image/avif",
    "bmp": "image/bmp",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "svg": "image/svg+xml",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "aac": "audio/aac",
    "amr": "audio/amr",
    "ogg": "audio/ogg",
    "oga": "audio/ogg",
    "opus": "audio/ogg",
    "wav": "audio/wav",
    "weba": "audio/webm",
    "flac": "audio/flac",
    "mp4": "video/mp4",
    "m4v": "video/mp4",
    "3gp": "video/3gpp",
    "mov": "video/quicktime",
    "webm": "video/webm",
    "pdf": "application/pdf",
    "txt": "text/plain",
    "log": "text/plain",
    "md": "text/plain",
    "csv": "text/csv",
    "ics": "text/calendar",
    "vcf": "text/vcard",
    "htm": "text/html",
    "html": "text/html",
    "json": "application/json",
    "xml": "application/xml",
    "rtf": "application/rtf",
    "eml": "message/rfc822",
    "p7s": "application/pkcs7-signature",
    "asc": "application/pgp-signature",
    "zip": "application/zip",
    "pkpass": "application/vnd.apple.pkpass",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "docx": f"{OFFICE}wordprocessingml.document",
    "xlsx": f"{OFFICE}spreadsheetml.sheet",
    "pptx": f"{OFFICE}presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
}
ALLOWED = frozenset(BY_ENDING.values())
OTHER_NAMES = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/x-png": "image/png",
    "audio/mp3": "audio/mpeg",
    "audio/x-m4a": "audio/mp4",
    "audio/m4a": "audio/mp4",
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/opus": "audio/ogg",
    "application/ogg": "audio/ogg",
    "application/x-pdf": "application/pdf",
    "application/x-zip-compressed": "application/zip",
    "text/xml": "application/xml",
    "text/x-vcard": "text/vcard",
    "application/x-pkcs7-signature": "application/pkcs7-signature",
}
PROGRAMS = (
    b"\x7fELF",
    b"#!/",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
)
SHORTCUT = b"L\x00\x00\x00\x01\x14\x02\x00"  # a Windows .lnk
# Endings that a desktop runs when they are opened, whatever is inside.
RUNS = frozenset(
    {
        *("apk", "app", "bat", "chm", "cmd", "com", "cpl", "deb", "desktop", "dll", "dmg"),
        *("exe", "gadget", "hta", "htaccess", "inf", "iso", "jar", "js", "jse", "lnk", "mjs"),
        *("msc", "msi", "msp", "phar", "php", "pif", "pkg", "ps1", "psm1", "py", "rb", "reg"),
        *("rpm", "scf", "scr", "sct", "sh", "svgz", "url", "vb", "vbe", "vbs", "vhd", "vhdx"),
        *("wsc", "wsf", "wsh", "xll"),
    }
)


class TypeRefused(Exception):
    """We do not keep files of this kind."""


def type_of(head: bytes, *, name: str, claimed: str) -> str:
    """The type under which a file is kept, from its first bytes; `TypeRefused` for programs."""
    if _is_program(head) or name.lower().rpartition(".")[2] in RUNS:
        raise TypeRefused("Programs are not accepted.")
    seen, told = _seen(head), _told(name, claimed)
    if told not in ALLOWED and not seen:
        raise TypeRefused("Files of this kind are not accepted.")
    if seen and not (seen.startswith("video/") and _related(seen, told)):
        return seen
    if told == "application/pdf" or told in PICTURES:
        return BINARY  # the bytes would have said so
    return told if not told.startswith(("audio/", "video/")) or seen else BINARY


def safe_name(name: str, *, longest: int = 120) -> str:
    """A file name that is nothing but a name: no path, no control or direction marks."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    name = "".join(char for char in name if unicodedata.category(char)[0] != "C")
    name = re.sub(r'[<>:"|?*\s]+', " ", name).strip(" .")
    stem, dot, ending = name.rpartition(".")
    if dot and len(ending) <= 12:
        return f"{stem[: longest - len(ending) - 1].rstrip(' .') or 'file'}.{ending}"
    return name[:longest].strip(" .")


UNNAMED = {"image": "picture", "audio": "voice", "video": "film"}


def full_name(name: str, mime: str) -> str:
    """The name with an ending that says what it is; a plain one where there was none."""
    name = name or UNNAMED.get(mime.partition("/")[0], "file")
    if mime == BINARY or name.lower().rpartition(".")[2] in BY_ENDING:
        return name
    ending = next((ending for ending, kind in BY_ENDING.items() if kind == mime), "")
    return f"{name}.{ending}" if ending else name


def _is_program(head: bytes) -> bool:
    # words may begin with MZ too: a Windows program has zeros right behind it
    return head.startswith((*PROGRAMS, SHORTCUT)) or (head[:2] == b"MZ" and 0 in head[2:64])


def _told(name: str, claimed: str) -> str:
    claimed = claimed.partition(";")[0].strip().lower()
    claimed = OTHER_NAMES.get(claimed, claimed)
    if claimed in ALLOWED:
        return claimed
    return BY_ENDING.get(name.lower().rpartition(".")[2], claimed)


def _related(seen: str, told: str) -> bool:
    """One container, several names: an .m4a looks like an .mp4, a .mov like both."""
    mp4 = {"video/mp4", "audio/mp4", "video/quicktime", "video/3gpp"}
    images = {"image/heic", "image/heif", "image/avif"}
    webm = {"video/webm", "audio/webm"}
    return {seen, told} <= mp4 | images or {seen, told} <= webm


SIGNATURES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf2", "audio/mpeg"),
    (b"\xff\xf1", "audio/aac"),
    (b"\xff\xf9", "audio/aac"),
    (b"#!AMR", "audio/amr"),
    (b"fLaC", "audio/flac"),
    (b"OggS", "audio/ogg"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"%PDF-", "application/pdf"),
)


def _seen(head: bytes) -> str:
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(head[8:12], "")
    if head[4:8] == b"ftyp":
        return "video/mp4"
    return next((mime for start, mime in SIGNATURES if head.startswith(start)), "")
