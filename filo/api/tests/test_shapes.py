"""A message is shown with the files that it carries, and with nothing that was not meant."""

from __future__ import annotations

from datetime import UTC, datetime

from filo.api import shapes
from filo.channels.contract import Media, Text
from filo.conversations.types import AttachmentView, MessageView, PostView, PublicView
from filo.staff.types import Scope

READER = Scope(1, "Ada", "ada@brezza.example", "admin", ())


def message(*attachments: AttachmentView, public: PublicView | None = None) -> shapes.Message:
    view = MessageView(
        id="msg_0000000000001",
        customer="cus_0000000000001",
        case="cas_0000000000001",
        identity=None,
        channel=None,
        seq=1,
        direction="in",
        visibility="private",
        parts=(
            Text("Ecco la foto"),
            Media("image/jpeg", url="https://provider.example/1", ref="9"),
        ),
        at=datetime(2026, 11, 22, tzinfo=UTC),
        attachments=attachments,
        context={"secret": "of the desk"},
        public=public,
    )
    return shapes.message(view, reader=READER)


def file(state: str) -> AttachmentView:
    return AttachmentView("att_0000000000001", 1, "image/jpeg", "foto.jpg", 1200, state)


def test_a_file_that_is_ready_is_shown_by_a_link_of_ours() -> None:
    told = message(file("ready"))

    [shown] = told.attachments
    assert shown.url.endswith("/foto.jpg")
    assert "/files/" in shown.url
    assert told.parts == (Text("Ecco la foto"), Media("image/jpeg", url=shown.url, ref="9"))


def test_a_file_that_is_not_ready_has_no_link() -> None:
    told = message(file("pending"))

    assert told.attachments[0].url == ""
    assert told.parts[1] == Media("image/jpeg", url="https://provider.example/1", ref="9")


def test_public_words_tell_how_they_stand_and_private_ones_have_nothing_to_tell() -> None:
    assert (message().hidden, message().post, message().reach) == (False, None, 0)
    place = PostView(
        "pst_0000000000001", "https://brezza.example/p", "Volo!", "Brezza", ours=True, reach=1200
    )

    told = message(public=PublicView("Ada", post=place, reach=40, hidden=True))

    assert (told.hidden, told.reach) == (True, 40)
    assert told.post == shapes.Post(
        "pst_0000000000001", "https://brezza.example/p", "Volo!", "Brezza", ours=True, reach=1200
    )


def test_only_the_documented_fields_are_shown() -> None:
    assert "context" not in shapes.Message.__struct_fields__
