"""Files of played providers: what comes in a form, and what a customer sends from the phone."""

from __future__ import annotations

import base64
import binascii
from email.parser import BytesParser
from email.policy import HTTP
from typing import TYPE_CHECKING, Any

from filo.emulators.web import Answer, Call, Refused
from filo.emulators.world import File, moment

if TYPE_CHECKING:
    from filo.emulators.world import World

Parcel = tuple[str, str, bytes]  # name, type, bytes


def form_of(call: Call) -> tuple[dict[str, str], dict[str, Parcel]]:
    """The fields and the files of a multipart form."""
    head = f"content-type: {call.headers.get('content-type', '')}\r\n\r\n".encode()
    fields, files = {}, {}
    for part in BytesParser(policy=HTTP).parsebytes(head + call.body).iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        body = part.get_payload(decode=True)
        assert isinstance(body, bytes)
        if (filename := part.get_filename()) is not None:
            files[name] = (filename, part.get_content_type(), body)
        else:
            fields[name] = body.decode()
    return fields, files


def sent_file(world: World, media: dict[str, str], *, mark: str) -> File:
    """What a customer sends, kept as the provider keeps it."""
    try:
        body = base64.b64decode(media.get("base64", ""), validate=True)
    except binascii.Error as why:
        raise Refused(Answer.json({"error": "media.base64 is not base64"}, status=400)) from why
    return kept(world, (media.get("name", ""), media.get("mime", ""), body), mark=mark)


def kept(world: World, parcel: Parcel, *, mark: str) -> File:
    name, mime, body = parcel
    file = File(world.new_id(mark), mime or "application/octet-stream", body, name)
    file.said_at = moment()
    world.files[file.id] = file
    return file


def shown(file: File, place: str, caption: str = "") -> dict[str, Any]:
    """A file as a bubble has it; `place` is the path where the town finds it."""
    return {"url": f"{place}/{file.id}", "mime": file.mime, "name": file.name, "caption": caption}


def served(world: World, id: str) -> Answer:
    file = world.files.get(id)
    if file is None:
        raise Refused(Answer(404))
    headers = {"x-content-type-options": "nosniff", "content-security-policy": "sandbox"}
    return Answer(200, file.body, file.mime, headers)
