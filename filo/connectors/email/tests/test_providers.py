"""Mail providers: what samples cannot tell. anymail is the judge where we do a piece ourselves."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.inbound import AnymailInboundMessage
from anymail.webhooks.mailgun import MailgunTrackingWebhookView
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from anymail.webhooks.sendgrid import SendGridTrackingWebhookView
from django.test import RequestFactory

from filo.channels import registry
from filo.channels.contract import (
    Blob,
    Call,
    DeliveryClass,
    Doubtful,
    Envelope,
    Failed,
    Forged,
    Handle,
    Hop,
    Later,
    Media,
    NoProof,
    Reason,
    Receipt,
    Reply,
    Request,
    Said,
    Scope,
    Text,
)
from filo.channels.kit import converse
from filo.connectors.email import seal
from filo.connectors.email.connector import connector
from filo.connectors.email.providers import PROVIDERS, forms, rebuilt, signed
from filo.connectors.email.writing import message_id
from tests.connectors.samples import NOON, Sample, config_of, samples

ADA = Handle("email", "ada@mail.example", "Ada")
CIAO = Text("Ciao, è qui")
REF = "dlv_000000000001"
OURS = message_id(REF, "support@brezza.example")
ENVELOPE = Envelope(REF, NOON, subject="Volo", author="Dora", token="c1f-8f3k2m")
TAKEN = {
    "mailgun": Reply(200, json.dumps({"id": f"<{OURS}>", "message": "Queued."}).encode()),
    "postmark": Reply(200, b'{"ErrorCode":0,"Message":"OK","MessageID":"0a1"}'),
    "sendgrid": Reply(202, b"", {"x-message-id": "14c5d"}),
    "ses": Reply(200, b'{"MessageId":"0102019b"}'),
    "brevo": Reply(201, b'{"messageId":"<2026@smtp-relay.mailin.fr>"}'),
}
each = pytest.mark.parametrize("name", PROVIDERS)


def config(name: str, **other: str) -> dict[str, str]:
    return {**config_of("email"), "provider": name, **other}


def say(name: str, *replies: Reply, part: Any = CIAO, **more: Any) -> Any:
    calls: list[Call] = []
    answers = iter(replies)

    def carry(call: Call) -> Reply:
        calls.append(call)
        return next(answers)

    envelope = msgspec.structs.replace(ENVELOPE, **more)
    receipt = converse(connector.say(ADA, part, config(name), envelope), carry)
    return receipt, calls[0]


# --- out ----------------------------------------------------------------------


@each
def test_an_answer_carries_our_reference_and_its_receipt_is_what_customers_quote(
    name: str,
) -> None:
    receipt, call = say(name, TAKEN[name])

    sent = msgspec.json.encode(call.json) + (call.body or b"")
    sent += b"".join(body for _, body, _ in (call.files or {}).values())
    assert REF.encode() in sent
    assert receipt.id == {
        "ses": "0102019b@eu-west-1.amazonses.com",
        "brevo": "2026@smtp-relay.mailin.fr",
    }.get(name, OURS)


@each
def test_files_words_and_reply_address_leave_whole(name: str) -> None:
    files = {"att_1": Blob("image/png", b"\x89PNG", "p.png")}
    part = Media("image/png", name="p.png", attachment="att_1", caption="La foto")
    _, call = say(name, TAKEN[name], part=part, files=files)

    sent = json.dumps(msgspec.to_builtins(call.json)).encode() + (call.body or b"")
    sent += b"".join(body for _, body, _ in (call.files or {}).values())
    if name == "ses":
        sent = base64.b64decode(json.loads(call.body or b"")["Content"]["Raw"]["Data"])
    assert all(
        word in sent
        for word in (base64.b64encode(b"\x89PNG"), b"p.png", b"La foto", b"support+c1f-8f3k2m@")
    )


@each
@pytest.mark.parametrize(
    ("reply", "verdict", "scope"),
    [
        (Reply(401, b"{}"), Failed, Scope.CHANNEL),
        (Reply(429, b"", {"retry-after": "7"}), Later, Scope.CHANNEL),
        (Reply(503, b"<html>"), Later, Scope.CHANNEL),
    ],
)
def test_a_refusal_has_its_verdict(
    name: str, reply: Reply, verdict: type[Failed | Later], scope: Scope
) -> None:
    with pytest.raises(verdict) as told:
        say(name, reply)
    assert isinstance(told.value, Failed | Later)
    assert told.value.scope is scope


@each
def test_a_server_error_leaves_doubt(name: str) -> None:
    with pytest.raises(Doubtful):
        say(name, Reply(500, b""))


SAYS_NO = [
    ("postmark", 422, b'{"ErrorCode":406,"Message":"inactive"}', Reason.UNREACHABLE, Scope.PERSON),
    ("postmark", 422, b'{"ErrorCode":412,"Message":"pending"}', Reason.REFUSED, Scope.CHANNEL),
    ("postmark", 422, b'{"ErrorCode":300,"Message":"bad"}', Reason.OTHER, Scope.MESSAGE),
    ("brevo", 400, b'{"code":"not_enough_credits"}', Reason.REFUSED, Scope.CHANNEL),
    ("brevo", 400, b'{"message":"is blacklisted"}', Reason.UNREACHABLE, Scope.PERSON),
    ("sendgrid", 400, b'{"errors":[{"message":"bad"}]}', Reason.OTHER, Scope.MESSAGE),
    ("mailgun", 400, b'{"message":"to is not valid"}', Reason.OTHER, Scope.MESSAGE),
]


@pytest.mark.parametrize(("name", "status", "body", "reason", "scope"), SAYS_NO)
def test_their_own_words_are_understood(
    name: str, status: int, body: bytes, reason: Reason, scope: Scope
) -> None:
    with pytest.raises(Failed) as told:
        say(name, Reply(status, body))
    assert (told.value.reason, told.value.scope) == (reason, scope)


@pytest.mark.parametrize(
    ("kind", "verdict"),
    [
        ("AccountSuspendedException", Failed),
        ("MessageRejected:http://internal", Failed),
        ("TooManyRequestsException", Later),
    ],
)
def test_amazon_says_it_in_a_header(kind: str, verdict: type) -> None:
    with pytest.raises(verdict):
        say("ses", Reply(400, b'{"message":"no"}', {"x-amzn-errortype": kind}))


def test_amazons_signature_is_that_of_its_own_test_suite() -> None:
    """`get-vanilla` of the AWS Signature Version 4 test suite."""
    made = signed.headers(
        "GET",
        "https://example.amazonaws.com/",
        b"",
        key=("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),  # pragma: allowlist secret
        place=("us-east-1", "service"),
        at=datetime(2015, 8, 30, 12, 36, tzinfo=UTC),
    )

    signature = made["authorization"].rpartition("Signature=")[2]
    assert (
        signature == "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
    )  # pragma: allowlist secret


# --- after a lost answer -----------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "found"),
    [("mailgun", b'{"items":[{"event":"accepted"}]}'), ("postmark", b'{"Messages":[{}]}')],
)
def test_a_lost_answer_is_asked_after(name: str, found: bytes) -> None:
    def ask(reply: Reply) -> Receipt | None:
        return converse(connector.look_up(REF, config(name), at=NOON), lambda call: reply)

    assert ask(Reply(200, found)) == Receipt(OURS)
    with pytest.raises(Later):
        ask(Reply(200, b"{}"))  # not there yet proves nothing: it is never sent again


@pytest.mark.parametrize("name", ["sendgrid", "ses", "brevo", "mailbox"])
def test_where_nobody_can_be_asked_a_report_settles_it(name: str) -> None:
    with pytest.raises(Later):
        converse(connector.look_up(REF, config(name), at=NOON), lambda call: Reply(200))


def test_a_provider_changes_what_the_card_promises() -> None:
    mailbox = registry.card_of("email", {})
    carried = registry.card_of("email", {"provider": "ses"})

    assert (mailbox.delivery, mailbox.polls) == (DeliveryClass.FIRE, True)
    assert (carried.delivery, carried.polls) == (DeliveryClass.LOOKED_UP, False)


# --- in -----------------------------------------------------------------------------


def mine(start: str) -> Iterator[Sample]:
    return (s for s in samples() if s.kind == "email" and s.path.stem.startswith(start))


def sealed(start: str) -> tuple[Request, dict[str, str]]:
    sample = next(mine(start))
    return seal.seal(sample.request(), sample.config), dict(sample.config)


@pytest.mark.parametrize("start", ["mailgun-delivered", "mailgun-mime", "mailgun-parsed"])
def test_mailguns_proof_stands_in_the_body_and_grows_old(start: str) -> None:
    call, settings = sealed(start)
    later = msgspec.structs.replace(call, at=call.at + timedelta(hours=1))
    token = msgspec.structs.replace(call, body=call.body.replace(b"aaaa", b"aaab", 1))

    assert connector.unseal(call, settings) is call
    for forged in (later, token):
        with pytest.raises(Forged):
            connector.unseal(forged, settings)


def test_sendgrids_events_are_signed_to_the_last_byte() -> None:
    call, settings = sealed("sendgrid-events")

    for place in range(0, len(call.body), 37):
        changed = bytearray(call.body)
        changed[place] ^= 1
        with pytest.raises(Forged):
            connector.unseal(msgspec.structs.replace(call, body=bytes(changed)), settings)


def test_who_shows_no_password_is_asked_for_it() -> None:
    call, settings = sealed("ses-mail")
    bare = msgspec.structs.replace(call, headers={})

    with pytest.raises(NoProof):
        connector.unseal(bare, settings)


def view(kind: Callable[..., Any], **settings: Any) -> Callable[[Request], None]:
    made = kind(**settings)

    def validate(call: Request) -> None:
        headers = {f"HTTP_{k.upper().replace('-', '_')}": v for k, v in call.headers.items()}
        mime = call.headers.get("content-type", "")
        request = RequestFactory().post("/", call.body, content_type=mime, **headers)  # type: ignore[arg-type]
        made.run_validators(request)

    return validate


@pytest.mark.filterwarnings("ignore:django-anymail has dropped")
@pytest.mark.parametrize(
    ("start", "judge"),
    [
        (
            "mailgun-delivered",
            lambda s: view(
                MailgunTrackingWebhookView, webhook_signing_key=s["hook_key"], webhook_secret=""
            ),
        ),
        (
            "mailgun-mime",
            lambda s: view(
                MailgunTrackingWebhookView, webhook_signing_key=s["hook_key"], webhook_secret=""
            ),
        ),
        (
            "postmark-bounce",
            lambda s: view(
                PostmarkTrackingWebhookView, webhook_secret=f"filo:{s['hook_password']}"
            ),
        ),
        (
            "sendgrid-events",
            lambda s: view(
                SendGridTrackingWebhookView,
                tracking_webhook_verification_key=s["hook_key"],
                webhook_secret="",
            ),
        ),
    ],
)
def test_anymail_lets_in_whom_we_let_in(start: str, judge: Callable[..., Any]) -> None:
    call, settings = sealed(start)
    judge(settings)(call)
    other = "bm8=" if start.startswith("sendgrid") else "another"
    wrong = {**settings, "hook_key": other, "hook_password": other}

    forged = seal.seal(next(mine(start)).request(), wrong)
    with pytest.raises(Forged):
        connector.unseal(forged, settings)
    with pytest.raises(AnymailWebhookValidationFailure):
        judge(settings)(forged)


def test_a_rebuilt_mail_says_what_anymail_makes_of_the_same_fields() -> None:
    head = [("From", "Zoë <zoe@mail.example>"), ("To", "a@b.example"), ("Subject", "Ciao")]
    files = [rebuilt.Piece("image/png", b"\x89PNG", "p.png", "cid1")]
    theirs = AnymailInboundMessage.construct(
        headers=head,
        text="Più",
        html="<p>Più</p>",
        attachments=[
            AnymailInboundMessage.construct_attachment(
                "image/png", b"\x89PNG", filename="p.png", content_id="cid1"
            )
        ],
    )
    raw = rebuilt.mail(head, text="Più", html="<p>Più</p>", files=files)
    ours = AnymailInboundMessage.parse_raw_mime_bytes(raw)

    assert (ours.text, ours.html) == (theirs.text, theirs.html)
    assert ours["Subject"] == theirs["Subject"]
    assert [part.get_content_bytes() for part in ours.inlines] == [b"\x89PNG"]


def test_a_line_break_in_a_field_begins_no_head_line() -> None:
    raw = rebuilt.mail([("Subject", "a\r\nX-Loop: filo"), ("Bad name", "x")], text="t", html="")
    raw = rebuilt.traced(raw, sender="x@y.z>\r\nX-A: b", recipient="r@s.t")

    assert b"\nX-Loop" not in raw
    assert b"\nX-A" not in raw
    assert b"Bad name" not in raw


def test_a_form_keeps_the_bytes_of_its_fields() -> None:
    mixed = (
        b'--b\r\nContent-Disposition: form-data; name="email"\r\n\r\nA\r\n--c\r\n\xff\r\n--b--\r\n'
    )

    assert forms.Form(mixed).raw("email") == b"A\r\n--c\r\n\xff"
    assert forms.Form(b"body-mime=A%0D%0A%FF+b").raw("body-mime") == b"A\r\n\xff b"


def test_a_form_with_an_endless_line_between_its_fields_is_not_taken_apart() -> None:
    """It comes before any proof, and a longer line takes longer to look for."""

    def form(line: bytes) -> forms.Form:
        return forms.Form(
            line + b'\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' + line
        )

    assert form(b"--" + b"b" * 70).text("a") == "1"
    assert "a" not in form(b"--" + b"b" * forms.LONGEST_LINE)


@pytest.mark.parametrize(
    "added", ["&sender=eve%40mail.example", "&message-headers=%5B%5D", "&body-mime=A%3A+b%0D%0A"]
)
def test_a_line_of_the_mail_that_is_called_like_mailguns_own_proves_no_sender(added: str) -> None:
    """It writes the head of a mail beside its own fields, and nothing tells which is whose."""
    call = next(mine("mailgun-mime")).request()
    mixed = msgspec.structs.replace(call, body=call.body.rstrip() + added.encode())

    def results(request: Request) -> str:
        return next(letter.results for letter in PROVIDERS["mailgun"].brought(request))

    assert "dkim=pass" in results(call)
    assert results(mixed) == "none"


FORGERS = ['"x;dmarc=pass;y"@evil.example', '"anna.bianchi@mail.example"@evil.example']


@pytest.mark.parametrize("forger", FORGERS)
@pytest.mark.parametrize("start", ["mailgun-mime", "sendgrid-parsed", "postmark-parsed"])
def test_threat_16_no_name_before_a_domain_is_a_verdict(start: str, forger: str) -> None:
    """Whoever owns a domain passes SPF for it, and calls themselves there as they like."""
    request = next(mine(start)).request()
    name = start.partition("-")[0]
    envelope = {
        "mailgun": (b"sender=anna.bianchi%40mail.example", f"sender={quote(forger)}"),
        "sendgrid": (
            rb'\{"to": \[.*',
            json.dumps({"to": ["support@brezza.example"], "from": forger}),
        ),
        "postmark": (b'"<x@forger.example>"', json.dumps(f"<{forger}>")),
    }[name]
    body = re.sub(envelope[0], lambda _: envelope[1].encode(), request.body, count=1)
    body = body.replace(b"Dkim-Check-Result%3A+Pass", b"Dkim-Check-Result%3A+Fail")
    body = body.replace(b"softfail", b"pass")
    assert body != request.body

    [letter] = PROVIDERS[name].brought(msgspec.structs.replace(request, body=body))

    assert "dmarc" not in letter.results
    assert "mail.example" not in letter.results


def test_a_return_path_that_the_sender_wrote_proves_nobody_at_postmark() -> None:
    request = next(mine("postmark-parsed")).request()
    spf = b"Pass (sender SPF authorized) identity=mailfrom; envelope-from=x@evil.example; helo=h"
    body = request.body.replace(b"Pass identity=mailfrom", spf)

    [letter] = PROVIDERS["postmark"].brought(msgspec.structs.replace(request, body=body))

    assert letter.results == "none"


def test_a_verification_key_of_a_kind_that_nobody_knows_opens_to_nobody() -> None:
    call, settings = sealed("sendgrid-events")
    odd = base64.b64encode(bytes.fromhex("300c300706032a030405000301000000"[:28])).decode()

    for key in ("", "AAAA", odd):
        with pytest.raises(Forged):
            connector.unseal(call, {**settings, "hook_key": key})


# --- files ----------------------------------------------------------------------------


@pytest.mark.parametrize("start", ["mailgun-parsed", "postmark-parsed", "sendgrid-parsed"])
def test_a_file_is_cut_out_of_the_call_that_brought_its_mail(start: str) -> None:
    call, _ = sealed(start)
    said = next(fact for fact in connector.parse(call) if isinstance(fact, Said))
    file = said.parts[-1]

    assert isinstance(file, Media)
    assert connector.extract(call.body, file.ref).body in {b"12,00 EUR", b"IBAN", b"uno"}
    assert connector.extract(call.body, "raw").mime == "message/rfc822"


def test_a_file_that_brevo_keeps_is_asked_for() -> None:
    call, _ = sealed("brevo-mail")
    said = next(fact for fact in connector.parse(call) if isinstance(fact, Said))
    file = said.parts[-1]
    assert isinstance(file, Media)

    with pytest.raises(LookupError):
        connector.extract(call.body, file.ref)
    fetched = converse(
        connector.fetch(file, config("brevo")),
        lambda asked: Reply(200, asked.url.encode(), {"content-type": "image/jpeg"}),
    )

    assert fetched.mime == "image/jpeg"
    assert fetched.body.endswith(b"/v3/inbound/attachments/eyJmb2xkZXIi")


# --- may we? -----------------------------------------------------------------------------


@each
def test_a_provider_is_asked_whether_it_takes_the_key(name: str) -> None:
    def tried(status: int) -> Hop:
        asked = connector.check(config(name), hook="https://care.example.com/hooks/chn_1")
        (hop,) = converse(asked, lambda call: Reply(status, b"{}"))
        return hop

    assert tried(200).ok
    assert tried(401).mend
