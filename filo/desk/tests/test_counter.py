"""A shop's counter: who stands there is found, and what was agreed goes with them."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from filo.channels.operations import connect
from filo.channels.queries import one
from filo.core import admission, clock
from filo.core.admission import Admission, Purpose
from filo.core.ids import public
from filo.core.passes import Spoiled
from filo.desk.tests.people import Browser, text_of, words_of
from tests.world import World

PLACE = "Brezza, via Dante 7"


class Shop:
    """One counter of the first team."""

    def __init__(self, town: World) -> None:
        number = town.act(connect, "counter", "Via Dante", town.team, {"place": PLACE})
        self.channel = town.ask(one, number)
        self.id, self.key = self.channel.public, self.channel.settings["visitor_secret"]

    def code(self, identity: int, purpose: Purpose = Purpose.COME_IN) -> str:
        until = admission.until(purpose, at=clock.now())
        return admission.write(Admission(purpose, identity, until), key=self.key, channel=self.id)


@pytest.fixture
def shop(town: World) -> Shop:
    return Shop(town)


@pytest.fixture
def phone() -> Client:
    """The customer's own browser."""
    return Client()


def ada_of(town: World) -> tuple[str, int]:
    customer, identity = town.rows("SELECT customer_id, id FROM customers_identity LIMIT 1")[0]
    return public("cus", int(str(customer))), int(str(identity))


def says(page: str) -> str:
    return str(re.findall(r'data-says="([^"]+)"', page)[0])


def agrees(dora: Browser, shop: Shop, customer: str, text: str, mark: str = "k1") -> object:
    path = f"/desk/counter/customers/{customer}/agreement"
    return dora.post(path, shop=shop.id, text=text, client_id=mark)


def test_who_stands_there_is_found_by_the_whole_address_only(
    town: World, dora: Browser, stranger: Browser, shop: Shop
) -> None:
    town.writes("ada", "Where is my suitcase?")
    customer, _ = ada_of(town)
    (value,) = town.rows("SELECT value FROM customers_identity LIMIT 1")[0]

    found = dora.get("/desk/counter/", q=str(value))
    part = dora.get("/desk/counter/", q=str(value)[:-1])
    foreign = stranger.get("/desk/counter/", q=str(value))

    assert found["location"].startswith(f"/desk/counter/customers/{customer}/")
    assert "Nobody with exactly this" in words_of(part)
    assert foreign.status_code == 200
    assert customer not in text_of(foreign)


def test_every_look_up_is_in_the_log_with_who_asked_and_whom_they_saw(
    town: World, dora: Browser, stranger: Browser, shop: Shop
) -> None:
    town.writes("ada", "Where is my suitcase?")
    customer, identity = ada_of(town)
    (value,) = town.rows("SELECT value FROM customers_identity LIMIT 1")[0]

    dora.get("/desk/counter/", q=str(value))
    dora.get("/desk/counter/", q=shop.code(identity, Purpose.I_AM))
    dora.get("/desk/counter/", q="+39333999")

    told = town.rows(
        "SELECT body ->> 'what', body -> 'found', body ->> 'channel', body ->> 'by' IS NOT NULL"
        " FROM core_event WHERE type = 'customer_looked_up' ORDER BY id"
    )
    assert told == [
        ("address", [customer], shop.id, True),
        ("code", [customer], shop.id, True),
        ("address", [], shop.id, True),
    ]
    assert str(value) not in str(town.rows("SELECT body FROM core_event WHERE type LIKE '%look%'"))


def test_nobody_is_looked_up_where_no_shop_could_say_who_asked(town: World, dora: Browser) -> None:
    town.writes("ada", "Where is my suitcase?")
    (value,) = town.rows("SELECT value FROM customers_identity LIMIT 1")[0]

    assert dora.get("/desk/counter/", q=str(value)).status_code == 200
    assert not town.rows("SELECT id FROM core_event WHERE type = 'customer_looked_up'")


def test_what_was_agreed_stands_in_the_thread_after_the_visit(
    town: World, dora: Browser, shop: Shop
) -> None:
    case = town.writes("ada", "Where is my suitcase?")
    customer, _ = ada_of(town)

    agrees(dora, shop, customer, "It comes to your hotel tomorrow.")
    agrees(dora, shop, customer, "It comes to your hotel tomorrow.")
    agrees(dora, shop, customer, "Call us if not.", mark="k2")

    rows = town.rows(
        "SELECT direction, parts->0->>'text', case_id FROM conversations_message ORDER BY id"
    )
    assert rows == [
        ("in", "Where is my suitcase?", case),
        ("in", PLACE, case),
        ("out", "It comes to your hotel tomorrow.", case),
        ("out", "Call us if not.", case),
    ]
    page = words_of(dora.get(f"/desk/counter/customers/{customer}/"))
    assert "It comes to your hotel tomorrow." in page


def test_a_shop_of_another_team_is_not_mine(
    town: World, dora: Browser, stranger: Browser, shop: Shop
) -> None:
    town.writes("ada", "Where is my suitcase?")
    customer, _ = ada_of(town)
    town.connection.execute("UPDATE customers_customer SET teams = teams || %s", [town.elsewhere])

    answer = agrees(stranger, shop, customer, "Done.")

    assert getattr(answer, "status_code", 0) == 403


def test_the_code_opens_the_same_thread_on_the_customers_phone_once(
    town: World, dora: Browser, shop: Shop, phone: Client
) -> None:
    town.writes("ada", "Where is my suitcase?")
    customer, _ = ada_of(town)
    agrees(dora, shop, customer, "It comes to your hotel tomorrow.")
    page = text_of(dora.get(f"/desk/counter/customers/{customer}/"))
    door = "/c/" + says(page).partition("/c/")[2]

    looked = phone.get(door)
    assert not [name for name in phone.cookies if name.startswith("filo-visitor")]
    town.connection.execute("UPDATE conversations_delivery SET state = 'sent'")
    opened = phone.post(door)
    panel = phone.get(opened["location"])
    again = Client().post(door)

    assert "Open it on this phone" in looked.content.decode()
    assert opened["location"] == f"/w/{shop.id}"
    assert "It comes to your hotel tomorrow." in panel.content.decode()
    assert again.status_code == 410
    assert town.rows("SELECT count(DISTINCT customer_id) FROM customers_identity") == [(1,)]


def test_the_code_on_the_phone_finds_its_holder_and_opens_no_door(
    town: World, dora: Browser, shop: Shop, phone: Client
) -> None:
    town.writes("ada", "Where is my suitcase?")
    customer, identity = ada_of(town)
    phone.post(f"/c/{shop.id}/{shop.code(identity)}")

    code = says(phone.get(f"/c/{shop.id}/").content.decode())
    found = dora.get("/desk/counter/", q=code)
    misused = phone.get(f"/c/{shop.id}/{code.rpartition(':')[2]}")

    assert found["location"].startswith(f"/desk/counter/customers/{customer}/")
    assert misused.status_code == 410


def test_a_printed_code_tells_nothing_and_lets_anybody_write(shop: Shop, phone: Client) -> None:
    page = phone.get(f"/c/{shop.id}/").content.decode()

    assert PLACE in page
    assert "data-says" not in page
    assert f"/w/{shop.id}" in page


def test_an_admission_holds_for_its_channel_and_its_moment(shop: Shop) -> None:
    at, code = clock.now(), shop.code(7)
    read = admission.read(code, key=shop.key, channel=shop.id, at=at)

    assert (read.identity, read.purpose) == (7, Purpose.COME_IN)
    late = at + admission.LASTS[Purpose.COME_IN] * 2
    forged = ("B" if code[0] == "A" else "A") + code[1:]
    for word, channel, moment in (
        (code, "chn_0000000000009", at),
        (code, shop.id, late),
        (forged, shop.id, at),
        (code[:-1], shop.id, at),
        ("!" * admission.LENGTH, shop.id, at),
    ):
        with pytest.raises(Spoiled):
            admission.read(word, key=shop.key, channel=channel, at=moment)
