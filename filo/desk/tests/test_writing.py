from __future__ import annotations

import re

from django.http import HttpResponse

from filo.conversations import operations
from filo.core.ids import public
from filo.desk.tests.people import Browser, case_path, text_of, words_of
from tests.world import World


def newest(town: World) -> str:
    return public("msg", int(str(town.rows("SELECT max(id) FROM conversations_message")[0][0])))


def answers(town: World) -> list[tuple[object, ...]]:
    return town.rows(
        "SELECT m.parts->0->>'text', d.reason FROM conversations_message AS m"
        " JOIN conversations_delivery AS d ON d.message_id = m.id ORDER BY m.id"
    )


def replies(browser: Browser, case: int, text: str, **more: str) -> HttpResponse:
    return browser.patched(case_path(case, "replies"), text=text, **more)


def test_an_answer_goes_out_after_the_time_to_undo(town: World, dora: Browser) -> None:
    case = town.writes("ada", "Is it late?")

    answer = replies(dora, case, "By an hour.", client_id="one")

    assert "By an hour." in text_of(answer)
    assert answers(town) == [("By an hour.", "undo")]


def test_the_same_try_twice_is_one_answer(town: World, dora: Browser) -> None:
    case = town.writes("ada", "Is it late?")
    replies(dora, case, "By an hour.", client_id="one")
    replies(dora, case, "By an hour.", client_id="one")

    assert len(answers(town)) == 1


def test_every_composer_brings_a_new_try(town: World, dora: Browser) -> None:
    case = town.writes("ada", "Is it late?")
    tries = set(
        re.findall(r'name="client_id" value="([^"]+)"', text_of(dora.get(case_path(case))))
        + re.findall(r'name="client_id" value="([^"]+)"', text_of(replies(dora, case, "Yes")))
    )

    assert len(tries) == 2


def test_without_scripts_an_answer_leads_back_to_the_thread(town: World, dora: Browser) -> None:
    case = town.writes("ada", "Is it late?")

    answer = dora.post(case_path(case, "replies"), text="By an hour.")

    assert answer.status_code == 302
    assert answer["Location"] == case_path(case)
    assert "By an hour." in words_of(dora.get(case_path(case)))


def test_words_that_came_meanwhile_are_shown_and_ours_are_kept(town: World, dora: Browser) -> None:
    case = town.writes("ada", "Is it late?")
    seen = newest(town)
    town.writes("ada", "Forget it, I found out")

    answer = replies(dora, case, "By an hour.", last_seen=seen)

    assert answer.status_code == 409
    assert "Forget it, I found out" in text_of(answer)
    assert "Ada wrote one more message." in words_of(answer)
    assert answers(town) == []
    assert "By an hour." in text_of(dora.get(case_path(case)))  # as a draft


def test_sending_all_the_same_has_seen_the_newer_words(town: World, dora: Browser) -> None:
    case = town.writes("ada", "Is it late?")
    seen = newest(town)
    town.writes("ada", "Forget it")
    refused = text_of(replies(dora, case, "By an hour.", last_seen=seen))
    now_seen = re.findall(r'name="last_seen" value="(msg_\w+)"', refused)

    replies(dora, case, "By an hour.", last_seen=now_seen[0])

    assert len(answers(town)) == 1


def test_what_is_taken_back_returns_to_the_composer(town: World, dora: Browser) -> None:
    case = town.writes("ada", "Is it late?")
    replies(dora, case, "By an huor.")

    answer = dora.patched(f"/desk/messages/{newest(town)}/recall")

    composer = re.search(r"<textarea[^>]*>(.*?)</textarea>", text_of(answer), re.DOTALL)
    assert composer
    assert composer.group(1) == "By an huor."
    assert town.rows("SELECT 1 FROM conversations_delivery WHERE state = 'sent'") == []


def test_a_note_calls_a_colleague_by_name(town: World, dora: Browser) -> None:
    case = town.writes("ada", "Is it late?")

    dora.patched(case_path(case, "notes"), text="@Enzo do you know?")

    called = town.rows("SELECT staff_id FROM conversations_mention")
    assert called == [(town.enzo.staff,)]
    assert answers(town) == []


def test_a_note_sent_with_the_wrong_key_stays_a_note(town: World, dora: Browser) -> None:
    case = town.writes("ada", "Is it late?")
    dora.patched(case_path(case, "replies"), text="She is angry", **{"as": "note"})

    assert answers(town) == []
    assert town.rows("SELECT direction FROM conversations_message ORDER BY id DESC LIMIT 1") == [
        ("note",)
    ]


def test_a_draft_waits_where_it_was_written(town: World, dora: Browser) -> None:
    case = town.writes("ada", "Is it late?")
    dora.post(case_path(case, "draft"), text="By an", **{"as": "reply"})

    assert ">By an</textarea>" in text_of(dora.get(case_path(case)))


def test_an_empty_answer_is_refused_with_words(town: World, dora: Browser) -> None:
    case = town.writes("ada", "Is it late?")

    answer = replies(dora, case, "   ")

    assert answer.status_code == 409
    assert "toast" in text_of(answer)
    assert answers(town) == []


def test_a_stranger_writes_nothing(town: World, stranger: Browser) -> None:
    case = town.writes("ada", "Is it late?")

    for step in ("replies", "notes", "draft", "owner", "closure", "fit"):
        answer = stranger.patched(case_path(case, step), text="Hello", to="me", road="a:b")
        assert answer.status_code == 404, step
    assert answers(town) == []


def test_solving_while_sending(town: World, dora: Browser) -> None:
    case = town.writes("ada", "Is it late?")
    replies(dora, case, "No.", then="solve")

    assert town.rows("SELECT status FROM conversations_case") == [("solved",)]


def test_a_file_waits_for_the_message_that_takes_it(town: World, dora: Browser) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    case = town.writes("ada", "The receipt?")
    came = SimpleUploadedFile("receipt.txt", b"12 euro", "text/plain")
    chip = text_of(dora.post(case_path(case, "files"), file=came))
    found = re.search(r'name="attachment" value="(att_\w+)"', chip)
    assert found

    answer = replies(dora, case, "Here it is.", attachment=found.group(1))

    assert "receipt.txt" in text_of(answer)
    shown = dora.get(f"/desk/attachments/{found.group(1)}")
    assert shown.status_code == 302
    assert "/files/" in shown["Location"]


def test_a_strangers_eyes_see_no_file(town: World, dora: Browser, stranger: Browser) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    case = town.writes("ada", "The receipt?")
    came = SimpleUploadedFile("receipt.txt", b"12 euro", "text/plain")
    chip = text_of(dora.post(case_path(case, "files"), file=came))
    found = re.search(r'value="(att_\w+)"', chip)
    assert found
    replies(dora, case, "Here it is.", attachment=found.group(1))

    assert stranger.get(f"/desk/attachments/{found.group(1)}").status_code == 404


def test_a_delivery_in_doubt_is_settled_by_whoever_looked(town: World, dora: Browser) -> None:
    case = town.writes("ada", "Is it late?")
    town.act(operations.reply, town.dora, case, _said("No."), client_id="x")
    town.connection.execute("UPDATE conversations_delivery SET state = 'uncertain'")
    page = text_of(dora.get(case_path(case)))
    asked = re.search(r"/desk/deliveries/(dlv_\w+)/verdict", page)
    assert asked

    dora.patched(f"/desk/deliveries/{asked.group(1)}/verdict", sent="1")

    assert town.rows("SELECT state FROM conversations_delivery") == [("sent",)]


def _said(text: str) -> list[object]:
    from filo.channels.contract import Text

    return [Text(text)]
