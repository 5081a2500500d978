"""Which exchange a mail belongs to, and who speaks in it."""

from __future__ import annotations

import msgspec
import pytest

from filo.channels.contract import Said, Unknown
from filo.connectors.email.exchange import bare_subject
from filo.connectors.email.head import normal_address, normal_id
from filo.connectors.email.tests.mails import HEAD, facts, mail, said

US = "support@brezza.example"


def test_regression_2_empty_ids_match_nothing() -> None:
    """libredesk#122: a mail without ids drew every later mail without ids to itself."""
    empty = b"References: \nIn-Reply-To: <>\nMessage-ID: <>\n\n"
    first = said(mail(empty + b"Primo", id_=b""))
    second = said(mail(empty + b"Secondo", id_=b""))
    assert first.references == second.references == ()
    assert first.answers == second.answers == ""
    assert first.id != second.id
    assert first.matter == first.id
    assert first.id.endswith("@no-id.filo")


def test_regression_3_a_thread_address_only_in_cc_is_found() -> None:
    """chatwoot#15365."""
    head = b"From: a@example.org\nTo: collega@example.org\nCc: Altri <x@y.example>,\n"
    fact = said(mail(b"Ciao", head=head + b" support+7Kq.x9@brezza.example\n"))
    assert (fact.token, fact.to) == ("7Kq.x9", US)


def test_regression_4_one_mail_to_two_mailboxes_is_one_fact() -> None:
    """freescout#5284: the second mailbox gives the same key with its own label."""
    raw = mail(b"Ciao", head=HEAD + b"Cc: sales@brezza.example\n")
    one, other = said(raw, US), said(raw, "sales@brezza.example")
    assert (one.to, other.to) == (US, "sales@brezza.example")
    assert msgspec.structs.replace(other, to=US) == one


def test_regression_4_holds_for_a_mail_without_an_id() -> None:
    raw = mail(b"Ciao", id_=b"")
    one = said(b"Delivered-To: support@brezza.example\r\n" + raw)
    other = said(b"Delivered-To: sales@brezza.example\r\n" + raw, "sales@brezza.example")
    assert msgspec.structs.replace(other, to=US) == one


@pytest.mark.parametrize(
    ("head", "token"),
    [
        (b"To: support+c1-abc@brezza.example\n", "c1-abc"),
        (b"To: SUPPORT+C1-aBc@BREZZA.example\n", "C1-aBc"),
        (b"To: x@y.example\nDelivered-To: support+c1-abc@brezza.example\n", "c1-abc"),
        (b"To: x@y.example\nX-Original-To: support+c1-abc@brezza.example\n", "c1-abc"),
        (b"To: a+tag@y.example, support+c1-abc@brezza.example\n", "c1-abc"),
        (b"To: help+it+c1-abc@brezza.example\n", "c1-abc"),
        (b"To: support@brezza.example\n", ""),
        (b"To: support+@brezza.example\n", ""),
        (b"To: <<< support+c1-abc@brezza.example ,;\n", "c1-abc"),
    ],
)
def test_the_token_is_read_from_any_header_of_recipients(head: bytes, token: str) -> None:
    assert said(mail(b"Ciao", head=b"From: a@example.org\n" + head)).token == token


@pytest.mark.parametrize(
    ("head", "answers", "references", "matter"),
    [
        (b"", "", (), "m1@example.org"),
        (b"In-Reply-To: <b@x>\n", "b@x", ("b@x",), "b@x"),
        (b"References: <a@x> <b@x>\n", "b@x", ("b@x", "a@x"), "a@x"),
        (b"In-Reply-To: <c@x>\nReferences: <a@x> <b@x>\n", "c@x", ("c@x", "b@x", "a@x"), "a@x"),
        (b"In-Reply-To: <b@X> <c@x>\n", "b@x", ("b@x", "c@x"), "b@x"),
        (b"References: <a@x>\n <b@x>\n\t<a@x>\n", "a@x", ("a@x", "b@x"), "a@x"),
        (b"In-Reply-To: Your message of Monday <b@x>\n", "b@x", ("b@x",), "b@x"),
        (b"References: a@x b@x\n", "b@x", ("b@x", "a@x"), "a@x"),
        (b"In-Reply-To: <>\nReferences: <> < >\n", "", (), "m1@example.org"),
        (b"References: <a\n b@x>\n", "ab@x", ("ab@x",), "ab@x"),
    ],
)
def test_older_ids_come_nearest_first_and_the_oldest_names_the_matter(
    head: bytes, answers: str, references: tuple[str, ...], matter: str
) -> None:
    fact = said(mail(b"Ciao", head=HEAD + head))
    assert (fact.answers, fact.references, fact.matter) == (answers, references, matter)


def test_a_chain_without_end_keeps_the_nearest_and_the_root() -> None:
    chain = b" ".join(b"<%d@x>" % n for n in range(5000))
    fact = said(mail(b"Ciao", head=HEAD + b"References: " + chain + b"\n"))
    assert fact.answers == "4999@x"
    assert len(fact.references) == 101
    assert fact.references[-1] == fact.matter == "0@x"


@pytest.mark.parametrize(
    ("written", "bare"),
    [
        ("Re: Ordine", "Ordine"),
        ("R: I: Re[2]: AW: Fwd: Ordine", "Ordine"),
        ("RE : Ordine", "Ordine"),
        ("Ref: 12", "12"),
        ("Reso: merce rotta", "Reso: merce rotta"),
        ("Re:", ""),
    ],
)
def test_a_subject_loses_its_reply_marks(written: str, bare: str) -> None:
    assert bare_subject(written) == bare


def test_ids_and_addresses_have_one_form() -> None:
    assert normal_id(" <A.b@EXAMPLE.Org> ") == "A.b@example.org"
    assert normal_address("Anna+x@Example.ORG.") == "anna+x@example.org"


@pytest.mark.parametrize(
    ("head", "sender"),
    [
        (b"From: support@brezza.example\nReply-To: anna@example.org\n", "anna@example.org"),
        (b"From: no-reply@form.example\nReply-To: anna@example.org\n", "anna@example.org"),
        (
            b"From: Anna via Support <support@brezza.example>\nX-Original-Sender: a@example.org\n",
            "a@example.org",
        ),
        (b"From: anna@example.org\nReply-To: boss@evil.example\n", "anna@example.org"),
        (b"Sender: anna@example.org\n", "anna@example.org"),
        (b"Return-Path: <anna@example.org>\n", "anna@example.org"),
    ],
)
def test_a_form_or_a_group_speaks_for_somebody(head: bytes, sender: str) -> None:
    fact = said(mail(b"Ciao", head=head + b"To: support@brezza.example\n"))
    assert fact.by.value == sender
    assert not fact.automatic


def test_our_own_mail_that_came_round_is_no_message() -> None:
    (fact,) = facts(
        mail(b"Ciao", head=b"From: support@brezza.example\nReply-To: support+t@brezza.example\n")
    )
    assert isinstance(fact, Unknown)


def test_the_other_people_of_the_exchange_are_told() -> None:
    fact = said(mail(b"Ciao", head=HEAD + b"Cc: bob@example.org, support+x@brezza.example\n"))
    assert "bob@example.org" in fact.context["recipients"]


def test_a_mail_that_reached_us_blind_is_ours_all_the_same() -> None:
    assert said(mail(b"Ciao", head=b"From: a@example.org\nTo: x@y.example\n")).to == US


def test_without_a_mailbox_the_first_recipient_counts() -> None:
    (fact,) = facts(mail(b"Ciao"), address="")
    assert isinstance(fact, Said)
    assert fact.to == US
