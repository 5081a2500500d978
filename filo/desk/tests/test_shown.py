from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation

from filo.channels.contract import Html, Media, Text
from filo.channels.fitting import Change, Note
from filo.conversations.types import (
    CaseView,
    DeliveryView,
    MessageView,
    Owner,
    PublicView,
    SystemLine,
)
from filo.desk.rendering import bubble as rendered
from filo.desk.shown import bubbles, fits, later, lines, mentions, openly, people, times, words
from filo.desk.shown.faces import face, initials
from filo.desk.shown.flow import Day, Happened, New, Said, flow
from filo.desk.views.rows import belongs
from filo.desk.wanted import Wanted
from filo.staff.types import Colleague

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def english() -> object:
    with translation.override("en"), timezone.override("Europe/Rome"):
        yield


def message(number: int, *, minutes: int = 0, text: str = "Hello", **more: object) -> MessageView:
    return MessageView(
        id=f"msg_{number}",
        customer="cus_1",
        case="cas_1",
        identity="idn_1",
        channel="chn_1",
        seq=number,
        visibility="private",
        at=NOON + timedelta(minutes=minutes),
        **{"direction": "in", "parts": (Text(text),)} | more,  # type: ignore[arg-type]
    )


def case(**more: object) -> CaseView:
    usual: dict[str, object] = {
        "id": "cas_1",
        "customer": "cus_1",
        "team": "tem_1",
        "channel": "chn_1",
        "status": "open",
        "owner": Owner("queue"),
        "due_at": None,
        "last_message": None,
    }
    return CaseView(**usual | more)  # type: ignore[arg-type]


# --- faces, words, times ---------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Giulia Ferraro", "GF"),
        ("giulia", "GI"),
        ("@marta.vola", "MA"),
        ("+393475550182", "82"),
        ("", "?"),
        ("🙂✨", "✨"),
        ("Anna Maria De Luca", "AL"),
    ],
)
def test_initials_of_all_kinds_of_names(name: str, short: str) -> None:
    assert initials(name).endswith(short)


def test_a_person_keeps_their_colour_under_another_name() -> None:
    assert face("Ada", "cus_1").tone == face("Ada Byron", "cus_1").tone


def test_addresses_become_links_and_all_else_is_escaped() -> None:
    assert words.linked("<b> see https://a.example/x?a=1&b=2.") == (
        '&lt;b&gt; see <a href="https://a.example/x?a=1&amp;b=2" target="_blank"'
        ' rel="noopener noreferrer nofollow">https://a.example/x?a=1&amp;b=2</a>.'
    )


def test_a_link_cannot_close_its_own_attribute() -> None:
    assert 'onmouseover="' not in words.linked('https://a.example/"onmouseover="x')


def test_few_emoji_alone_are_large() -> None:
    assert words.is_emoji("🙏")
    assert words.is_emoji("❤️👍")
    assert not words.is_emoji("🙏🙏🙏🙏")
    assert not words.is_emoji("ok 🙏")
    assert not words.is_emoji("")


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "0 min"), (59, "59 min"), (60, "1 h"), (70, "1 h 10"), (700, "11 h"), (3000, "2 d")],
)
def test_spans_in_the_largest_units(minutes: int, said: str) -> None:
    assert times.span(minutes) == said


def test_what_is_due_warns_in_time_and_says_when_it_is_late() -> None:
    soon = times.due(NOON + timedelta(minutes=4), NOON - timedelta(minutes=4), at=NOON)
    late = times.due(NOON - timedelta(minutes=5), None, at=NOON)

    assert soon is not None
    assert (soon.words, soon.tone, soon.share) == ("4 min", "warn", 50)
    assert late is not None
    assert (late.words, late.tone) == ("late 5 min", "danger")
    assert times.due(None, NOON, at=NOON) is None


def test_moments_to_come_back_are_in_the_future() -> None:
    sunday = NOON

    assert [choice.until for choice in later.choices(at=sunday)] == [
        "2026-11-22T13:00+00:00",
        "2026-11-22T15:00+00:00",
        "2026-11-23T09:00+00:00",
        "2026-11-23T09:00+00:00",
    ]


# --- bubbles ---------------------------------------------------------------------


def test_the_worst_part_speaks_for_the_message() -> None:
    parts = (DeliveryView("dlv_1", 0, "read"), DeliveryView("dlv_2", 1, "failed", "blocked"))
    fate = bubbles.fate(parts)

    assert fate is not None
    assert fate.may_retry
    assert fate.delivery == "dlv_2"
    assert "does not want our messages" in fate.words


def test_a_doubtful_message_asks_a_person() -> None:
    fate = bubbles.fate((DeliveryView("dlv_1", 0, "uncertain"),))

    assert fate is not None
    assert fate.must_check
    assert not fate.may_retry


def test_a_mail_shows_no_script_and_no_picture_from_elsewhere() -> None:
    part = Html("<p>Hi<script>x()</script><img src='https://spy.example/1.gif' alt='us'></p>")
    html = rendered(message(1, parts=(part,)), "en")

    assert "x()" not in html
    assert "spy.example" not in html


def test_what_a_mail_quotes_is_folded() -> None:
    html = rendered(message(1, parts=(Html("<p>Hi</p>", quoted="> before"),)), "en")

    assert "<details" in html
    assert "&gt; before" in html


@pytest.mark.parametrize(
    "mail",
    [
        Html("", text="New & <short>", quoted="> before"),
        Html("<p>New &amp; &lt;short&gt;</p><div>before</div>", "New & <short>", "before", cut=33),
        Html("<p>New, then before</p>", text="New & <short>", quoted="before"),
    ],
    ids=["words alone", "html that is cut", "html that cannot be cut"],
)
def test_what_is_new_in_a_mail_is_shown_once(mail: Html) -> None:
    html = rendered(message(1, parts=(mail,)), "en")

    assert html.count("New &amp; &lt;short&gt;") == 1
    assert html.count("before") == 1


def test_a_withdrawn_message_says_nothing_of_what_it_said() -> None:
    html = rendered(message(1, text="Oops", withdrawn_at=NOON), "en")

    assert "Message withdrawn" in html
    assert "Oops" not in html


def test_a_file_that_is_not_here_yet_has_no_link() -> None:
    html = rendered(message(1, parts=(Media("application/pdf", name="a.pdf"),)), "en")

    assert "a.pdf" in html
    assert "<a " not in html


def test_a_bubble_speaks_the_language_it_is_asked_in() -> None:
    one = message(1, withdrawn_at=NOON)

    assert "Message withdrawn" in rendered(one, "en")
    assert "Message withdrawn" not in rendered(one, "it")


# --- the order of a thread ---------------------------------------------------------


def test_days_runs_and_the_first_unread() -> None:
    said = [
        message(1, minutes=-60 * 24),
        message(2, minutes=0),
        message(3, minutes=1),
        message(4, minutes=20),
    ]
    found = list(flow(said, [], unread=1, at=NOON + timedelta(hours=1)))

    assert [type(item) for item in found] == [Day, Said, Day, Said, Said, New, Said]
    assert [item.name for item in found if isinstance(item, Day)] == ["Yesterday", "Today"]
    assert [item.again for item in found if isinstance(item, Said)] == [False, False, True, False]


def test_what_happened_stands_between_what_was_said() -> None:
    taken = SystemLine(NOON + timedelta(minutes=1), "cas_1", "taken", by="Dora")
    happened = lines.lines([taken])
    found = list(flow([message(1), message(2, minutes=2)], happened, unread=0, at=NOON))

    assert [type(item) for item in found] == [Day, Said, Happened, Said]
    assert happened[0].words == "took it"


# --- around it -----------------------------------------------------------------------


def test_every_change_on_the_way_has_its_sentence() -> None:
    args: dict[str, str | int] = {"pieces": 3, "name": "a.pdf", "limit": 5_000_000}
    args |= {"kind": "x", "part": "form", "count": 3, "letters": "€"}
    said = fits.sentences([Note(change, args) for change in Change])

    assert len(set(said)) == len(Change)
    assert all("%(" not in sentence for sentence in said)


def test_a_first_name_calls_only_when_it_is_one_persons() -> None:
    ada = Colleague("stf_0000000000001", "Ada Lo", "a@x", "agent")
    ugo = Colleague("stf_0000000000002", "Ugo Lo", "u@x", "agent")
    twin = Colleague("stf_0000000000003", "Ada Re", "r@x", "agent")

    assert mentions.called("@ugo and @ada lo", [ada, ugo, twin]) == [1, 2]
    assert mentions.called("@ada", [ada, ugo, twin]) == []
    assert mentions.called("ada@lo.example", [ada, ugo]) == []


def test_a_phone_number_is_read_in_groups() -> None:
    assert people.readable("+393475550182") == "+39 347 555 0182"
    assert people.readable("giulia@esempio.it") == "giulia@esempio.it"


def test_a_row_belongs_where_its_list_would_show_it() -> None:
    mine = case(owner=Owner("person", "stf_1", "Dora"))

    assert belongs(mine, Wanted("mine"), staff="stf_1")
    assert not belongs(mine, Wanted("mine"), staff="stf_2")
    assert not belongs(mine, Wanted("take"), staff="stf_1")
    assert belongs(case(), Wanted("take"), staff="stf_1")
    assert not belongs(case(status="solved"), Wanted("all"), staff="stf_1")
    assert belongs(case(status="solved"), Wanted("solved"), staff="stf_1")
    assert not belongs(case(), Wanted("all", team="tem_2"), staff="stf_1")


def test_an_address_says_only_what_is_not_usual() -> None:
    assert Wanted().address() == ""
    assert Wanted("take").address(sort="newest") == "?view=take&sort=newest"
    assert Wanted().address(after="x") == "?after=x"


# --- in public ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("states", "offered"),
    [
        ((), True),
        (("sent",), True),
        (("uncertain",), True),
        (("pending",), False),
        (("failed",), False),
    ],
)
def test_words_that_did_not_leave_cannot_be_deleted(states: tuple[str, ...], offered: bool) -> None:
    ways = tuple(DeliveryView(f"dlv_{n}", n, state) for n, state in enumerate(states))
    ours = message(1, direction="out", kind="facebook_page", public=PublicView(""), deliveries=ways)

    shown = openly.openly(ours)
    assert shown is not None
    assert [deed.action for deed in shown.deeds] == (["delete"] if offered else [])
