"""Mail that no person wrote, and reports about our own mail."""

from __future__ import annotations

import pytest

from filo.channels.contract import OptedOut, Reason, Reported, Request, State, Unknown
from filo.connectors.email.connector import connector
from filo.connectors.email.reading import loop_mark
from filo.connectors.email.tests.mails import HEAD, NOON, facts, mail, said


@pytest.mark.parametrize(
    "head",
    [
        b"Auto-Submitted: auto-replied\n",
        b"Auto-Submitted: auto-generated\n",
        b"Auto-Submitted: auto-replied (vacation)\n",
        b"X-Auto-Response-Suppress: All\n",
        b"X-Auto-Response-Suppress: DR, OOF, AutoReply\n",
        b"Precedence: bulk\n",
        b"Precedence: list\n",
        b"Precedence: auto_reply\n",
        b"List-Id: <news.example.org>\n",
        b"List-Unsubscribe: <mailto:u@example.org>\n",
        b"X-Autoreply: yes\n",
        b"X-Autorespond: yes\n",
        b"X-Loop: yes\n",
        b"X-MS-Exchange-Inbox-Rules-Loop: a@example.org\n",
        b"Feedback-ID: 1:2:3\n",
        b"Return-Path: <>\n",
    ],
)
def test_a_machine_is_known_by_its_head(head: bytes) -> None:
    assert said(mail(b"Ciao", head=HEAD + head)).automatic


@pytest.mark.parametrize(
    "sender", [b"no-reply@shop.example", b"noreply@x.example", b"shop.bounces+1@x.example"]
)
def test_a_machine_is_known_by_its_address(sender: bytes) -> None:
    assert said(mail(b"Ciao", head=b"From: " + sender + b"\n")).automatic


@pytest.mark.parametrize(
    "head",
    [
        b"Auto-Submitted: no\n",
        b"Precedence: normal\n",
        b"X-Auto-Response-Suppress: none\n",
        b"List-Id: Support <support.brezza.example>\nPrecedence: list\n",
    ],
)
def test_a_person_is_not_taken_for_a_machine(head: bytes) -> None:
    assert not said(mail(b"Ciao", head=HEAD + head)).automatic


@pytest.mark.parametrize("sender", [b"noreen@example.org", b"bouncer@example.org"])
def test_a_name_that_only_resembles_a_machine_is_a_person(sender: bytes) -> None:
    assert not said(mail(b"Ciao", head=b"From: " + sender + b"\n")).automatic


def test_who_is_away_is_told_from_other_machines() -> None:
    away = said(mail(b"Torno", head=HEAD + b"Auto-Submitted: auto-replied (vacation)\n"))
    assert away.context["automatic"] == "away"


def test_our_own_automatic_mail_is_dropped_when_it_comes_round() -> None:
    mark = loop_mark("support@brezza.example").encode()
    (fact,) = facts(mail(b"Ciao", head=HEAD + b"X-Loop: " + mark + b"\n"))
    assert isinstance(fact, Unknown)


OURS = b"filo.dlv_0001.abc@brezza.example"


def bounce(blocks: bytes, *, back: bytes = b"Message-ID: <%b>\n\n" % OURS) -> bytes:
    head = b"From: MAILER-DAEMON@mx.example\nReturn-Path: <>\nSubject: Undelivered\n"
    return mail(
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        b"--b\nContent-Type: text/plain\n\nSorry\n"
        b"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        b"%b\n--b\nContent-Type: message/rfc822\n\n%b\n--b--\n" % (blocks, back),
        head=head,
    )


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (b"5.1.1", Reason.UNREACHABLE),
        (b"5.2.2", Reason.UNREACHABLE),
        (b"5.4.4", Reason.UNREACHABLE),
        (b"5.7.26", Reason.REFUSED),
        (b"5.3.4", Reason.OTHER),
        (b"nonsense", Reason.OTHER),
    ],
)
def test_a_bounce_says_which_of_our_mails_failed_and_why(status: bytes, reason: Reason) -> None:
    raw = bounce(
        b"Final-Recipient: rfc822; Anna@Example.org\nAction: failed\nStatus: %b\n"
        b"Diagnostic-Code: smtp; 550 no such user\n" % status
    )
    (fact,) = facts(raw)
    assert isinstance(fact, Reported)
    assert (fact.message, fact.state, fact.reason) == (OURS.decode(), State.FAILED, reason)
    assert fact.recipient == "anna@example.org"
    assert "550 no such user" in fact.detail


def test_a_bounce_for_two_people_is_two_reports() -> None:
    block = b"Final-Recipient: rfc822; %b\nAction: failed\nStatus: 5.1.1\n\n"
    both = facts(bounce(block % b"a@example.org" + block % b"b@example.org"))
    assert [fact.recipient for fact in both if isinstance(fact, Reported)] == [
        "a@example.org",
        "b@example.org",
    ]


def test_a_delay_is_no_failure() -> None:
    block = b"Final-Recipient: rfc822; a@example.org\nAction: delayed\nStatus: 4.4.1\n"
    (fact,) = facts(bounce(block))
    assert isinstance(fact, Unknown)


def test_a_success_is_a_delivery() -> None:
    block = b"Final-Recipient: rfc822; a@example.org\nAction: delivered\nStatus: 2.0.0\n"
    (fact,) = facts(bounce(block))
    assert isinstance(fact, Reported)
    assert fact.state is State.DELIVERED


def test_the_empty_bounce_of_gmail_is_understood() -> None:
    head = (
        b"From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\n"
        b"X-Failed-Recipients: anna@example.org\nSubject: Delivery Status Notification (Failure)\n"
    )
    raw = mail(
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        b"--b\nContent-Type: text/plain\n\n550 5.1.1 no such user\n"
        b"--b\nContent-Type: message/delivery-status\n\n\n"
        b"--b\nContent-Type: message/rfc822\n\nMessage-ID: <%b>\n\nCiao\n--b--\n" % OURS,
        head=head,
    )
    (fact,) = facts(raw)
    assert isinstance(fact, Reported)
    assert (fact.message, fact.recipient) == (OURS.decode(), "anna@example.org")
    assert fact.reason is Reason.UNREACHABLE


def test_a_bounce_that_is_only_text_is_found_by_our_id() -> None:
    head = b"From: postmaster@x.example\nSubject: Undeliverable: Ordine\n"
    (fact,) = facts(mail(b"550 5.1.1 unknown\n\nMessage-ID: <%b>\n" % OURS, head=head))
    assert isinstance(fact, Reported)
    assert fact.message == OURS.decode()


def test_a_bounce_of_a_strangers_mail_is_kept_aside() -> None:
    block = b"Final-Recipient: rfc822; a@example.org\nAction: failed\nStatus: 5.1.1\n"
    (fact,) = facts(bounce(block, back=b"Subject: x\n\n"))
    assert isinstance(fact, Unknown)


def test_a_report_waits_in_the_lane_of_its_recipient() -> None:
    block = b"Final-Recipient: rfc822; Anna@Example.org\nAction: failed\nStatus: 5.1.1\n"
    request = Request(bounce(block), NOON)
    assert connector.lane(request) == "anna@example.org" == connector.lane(Request(mail(), NOON))


def test_a_read_receipt_is_recorded() -> None:
    raw = mail(
        b"Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n"
        b"--b\nContent-Type: text/plain\n\nLetto\n"
        b"--b\nContent-Type: message/disposition-notification\n\n"
        b"Original-Message-ID: <%b>\nDisposition: manual-action/x; displayed\n--b--\n" % OURS
    )
    (fact,) = facts(raw)
    assert isinstance(fact, Reported)
    assert (fact.message, fact.state) == (OURS.decode(), State.READ)


def test_a_complaint_is_an_opt_out() -> None:
    raw = mail(
        b"Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n"
        b"--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n"
        b"Original-Rcpt-To: <anna@example.org>\n--b--\n"
    )
    (fact,) = facts(raw)
    assert isinstance(fact, OptedOut)
    assert fact.by.value == "anna@example.org"
