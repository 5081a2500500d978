"""What everyone can read looks different, is a tree, and is answered by another verb."""

from __future__ import annotations

from html import unescape

import pytest

from filo.channels import operations as channels
from filo.core.ids import public
from filo.desk.tests.people import Browser, case_path, text_of, words_of
from filo.staff.operations import let_team_answer_in_public
from tests.world import World


def comment(id: str, who: str, text: str, **more: object) -> dict[str, object]:
    post = {"id": "p1", "url": "https://brezza.example/p", "text": "Our new flight", "by": "Brezza"}
    said = {
        "type": "said",
        "id": id,
        "from": {"id": who, "name": who.title()},
        "parts": [{"type": "text", "text": text}],
        "public": True,
        "post": {**post, "ours": True, "reach": 12400},
        "reach": 40,
        "url": "https://brezza.example/c",
    }
    return said | more


@pytest.fixture
def case(town: World) -> int:
    town.act(channels.change, town.channel, settings={"privately": "604800"})
    town.act(let_team_answer_in_public, town.team, allowed=True)
    town.events(comment("c1", "ada", "Two hours in the queue"))
    town.events(comment("c2", "ivo", "Me too", answers="c1"))
    town.events(
        {
            "type": "edited",
            "id": "e1",
            "message": "c1",
            "from": {"id": "ada"},
            "parts": [{"type": "text", "text": "Three hours in the queue"}],
        }
    )
    town.read_all()
    found = town.rows("SELECT case_id FROM conversations_message ORDER BY id LIMIT 1")
    return int(str(found[0][0]))


def number(town: World, which: str) -> int:
    found = town.rows("SELECT id FROM conversations_message WHERE provider_id = %s", which)
    return int(str(found[0][0]))


def test_the_thread_draws_the_tree_with_reach_evidence_and_what_may_be_done(
    town: World, dora: Browser, case: int
) -> None:
    page = text_of(dora.get(case_path(case)))
    words = words_of(dora.get(case_path(case)))

    for said in ("Brezza · our post", "seen by 12.4k", "40 followers", "Ivo", "Me too"):
        assert said in words
    assert "What it said before Two hours in the queue" in words
    assert "Everyone can read this." in words
    assert 'class="ev in public d1 elsewhere"' in page
    assert "data-speaks" in page
    assert "data-public checked" in page


def test_what_was_hidden_on_the_providers_page_says_so_on_its_bubble(
    town: World, dora: Browser, case: int
) -> None:
    town.events({"type": "moderated", "id": "d1", "message": "c1", "action": "hide"})
    town.read_all()

    words = words_of(dora.get(case_path(case)))

    assert "Hidden" in words
    assert "Hidden on the provider's own page" in unescape(words)
    assert "Show again" in words


def test_whoever_may_not_answer_in_public_is_told_why_no_button_is_there(
    town: World, dora: Browser, case: int
) -> None:
    town.act(let_team_answer_in_public, town.team, allowed=False)

    page = text_of(dora.get(case_path(case)))

    assert "data-speaks" not in page
    assert "An administrator gives it to you or to your team, in the settings." in page


def test_the_ordinary_verb_publishes_nothing_and_the_other_one_does(
    town: World, dora: Browser, case: int
) -> None:
    identity, channel = town.rows("SELECT identity_id, channel_id FROM conversations_message")[0]
    road = f"{public('idn', int(str(identity)))}:{public('chn', int(str(channel)))}:public"

    refused = dora.post(case_path(case, "replies"), text="Sorry", road=road)
    published = dora.patched(case_path(case, "public-replies"), text="Sorry", road=road)

    assert (refused.status_code, published.status_code) == (409, 200)
    assert "Everyone can read this" in text_of(published)
    assert town.rows("SELECT visibility FROM conversations_message WHERE direction = 'out'") == [
        ("public",)
    ]


def test_what_was_meant_for_one_person_or_for_colleagues_is_never_published(
    town: World, dora: Browser, case: int
) -> None:
    identity, channel = town.rows("SELECT identity_id, channel_id FROM conversations_message")[0]
    road = f"{public('idn', int(str(identity)))}:{public('chn', int(str(channel)))}"
    publish = case_path(case, "public-replies")
    everyone = f"{road}:public"
    said = {"text": "Your card is 1234", "client_id": "k"}

    in_private = dora.patched(publish, road=f"{road}:{public('msg', number(town, 'c1'))}", **said)
    dora.patched(publish, road=everyone, **{"as": "note"}, **said)

    assert in_private.status_code == 409
    assert "nothing was published" in words_of(in_private)
    told = "SELECT direction, visibility FROM conversations_message WHERE direction <> 'in'"
    assert town.rows(told) == [("note", "private")]


def test_it_goes_on_in_private_with_a_pointer_in_public(
    town: World, dora: Browser, case: int
) -> None:
    identity, channel = town.rows("SELECT identity_id, channel_id FROM conversations_message")[0]
    about = public("msg", number(town, "c1"))
    road = f"{public('idn', int(str(identity)))}:{public('chn', int(str(channel)))}:{about}"
    said = {"text": "Tell me your flight.", "pointer": "1", "pointer_words": "We wrote to you."}

    answer = dora.patched(case_path(case, "replies"), road=road, client_id="k", **said)

    assert answer.status_code == 200
    rows = town.rows(
        "SELECT visibility, parts -> 0 ->> 'text' FROM conversations_message"
        " WHERE direction = 'out' ORDER BY id"
    )
    assert [visibility for visibility, _ in rows] == ["private", "public"]
    assert "Three hours in the queue" in str(rows[0][1])
    assert "Goes on in private" in words_of(dora.get(case_path(case)))


def test_hiding_is_asked_of_the_provider(town: World, dora: Browser, case: int) -> None:
    path = f"/desk/messages/{public('msg', number(town, 'c1'))}/moderations"

    answer = dora.patched(path, action="hide")

    assert "Hide, on its way" in text_of(answer)
    assert dora.post(path, action="burn").status_code == 404


def test_what_was_written_in_the_providers_app_says_so(town: World, dora: Browser) -> None:
    case = town.writes("eva", "Hello?")
    town.events(comment("x1", "eva", "From the app", ours=True, app="Business Suite", public=False))
    town.read_all()

    assert "written in Business Suite" in words_of(dora.get(case_path(case)))
