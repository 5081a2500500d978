from __future__ import annotations

import httpx
import pytest

from filo.channels.contract import Handle
from filo.channels.operations import connect
from filo.channels.queries import one
from filo.core import clock, passes
from filo.core.ids import public
from filo.live.tests.town import Town, listening, until_beat

SHOP = "https://www.brezza.example"


class Chat:
    """A web chat channel of the town, and the cookies of its visitors."""

    def __init__(self, town: Town) -> None:
        self.town = town
        with town.cursor() as cur:
            town.channel = connect(cur, "webchat", "Chat", town.team, {"origins": SHOP})
            self.key = one(cur, town.channel).settings["visitor_secret"]
        self.id = public("chn", town.channel)
        self.path = f"/live/w/{self.id}"

    def visitor(self, name: str, *also: str) -> dict[str, str]:
        until = int(clock.now().timestamp()) + 600
        names = tuple((f"web:{self.id}", value) for value in also)
        given = passes.Pass(self.id, name, until, also=names)
        cookie = passes.cookie(channel=self.id, key=self.key, secure=False)
        return {cookie: passes.write(given, key=self.key)}

    def hears(self, text: str, by: str, *also: str) -> None:
        names = tuple((f"web:{self.id}", value) for value in also)
        self.town.hear(text, Handle(f"web:{self.id}", by, by.title(), names))


@pytest.fixture
def chat(town: Town) -> Chat:
    return Chat(town)


def test_a_visitor_hears_their_own_words_and_nobody_elses(chat: Chat, address: str) -> None:
    with listening(address, chat.visitor("ada"), path=chat.path) as heard:
        until_beat(heard)
        chat.hears("Sono Bea", "bea")
        chat.hears("Sono Ada", "ada")
        line = next(heard).told["line"]

    assert [part["text"] for part in line["parts"]] == ["Sono Ada"]
    assert (line["mine"], line["state"]) == (True, "delivered")


def test_what_was_missed_is_told_on_coming_back(chat: Chat, address: str) -> None:
    ada = chat.visitor("ada")
    with listening(address, ada, path=chat.path) as heard:
        _, cursor = until_beat(heard)
    for text in ("uno", "due"):
        chat.hears(text, "ada")
        chat.hears(text, "bea")
    with listening(address, ada, cursor, path=chat.path) as heard:
        missed, _ = until_beat(heard)

    assert [frame.told["line"]["parts"][0]["text"] for frame in missed] == ["uno", "due"]


def test_who_has_logged_in_hears_what_they_wrote_before(chat: Chat, address: str) -> None:
    chat.hears("da sconosciuta", "v_1")
    with listening(address, chat.visitor("88", "v_1"), path=chat.path) as heard:
        until_beat(heard)
        chat.hears("da cliente", "88", "v_1")

        assert next(heard).told["line"]["parts"][0]["text"] == "da cliente"


def test_an_event_that_cannot_be_told_ends_nobodys_stream(chat: Chat, address: str) -> None:
    ada = chat.visitor("ada")
    with listening(address, ada, path=chat.path) as heard:
        _, cursor = until_beat(heard)
        with chat.town.cursor() as cur:
            chat.town.hear("guasto", Handle(f"web:{chat.id}", "ada", "Ada"), cur)
            cur.execute("UPDATE conversations_message SET parts = '5'")
        chat.hears("sano", "ada")

        assert next(heard).told["line"]["parts"][0]["text"] == "sano"
    with listening(address, ada, cursor, path=chat.path) as heard:
        assert next(heard).event == "reset"


def test_without_a_pass_or_from_another_site_there_is_nothing(chat: Chat, address: str) -> None:
    with httpx.Client(base_url=address, cookies=chat.visitor("ada")) as client:
        evil = client.get(chat.path, headers={"origin": "https://evil.example"})
        unknown = client.get("/live/w/chn_0000000000999")
    assert evil.status_code == 403
    assert unknown.status_code == 404
    assert httpx.get(address + chat.path).status_code == 401


def test_the_companys_own_page_may_listen_with_a_bearer(chat: Chat, address: str) -> None:
    (word,) = chat.visitor("ada").values()
    headers = {"origin": SHOP, "authorization": f"Bearer {word}"}
    with (
        httpx.Client(base_url=address, headers=headers, timeout=10) as client,
        client.stream("GET", chat.path) as answer,
    ):
        assert answer.headers["access-control-allow-origin"] == SHOP
        assert next(answer.iter_lines()) == "retry: 1000"
