"""What every connector must do, whoever wrote it: one test for all folders of filo/connectors."""

from __future__ import annotations

from importlib.resources import files
from typing import get_args

import msgspec
import pytest

from filo.channels import registry
from filo.channels.contract import (
    Blob,
    Call,
    Carries,
    Doubtful,
    Envelope,
    Fact,
    Failed,
    Forged,
    Handle,
    Later,
    Part,
    Polls,
    Receipt,
    Reply,
    Request,
    Said,
    Scope,
    Text,
)
from filo.channels.fitting import fit
from filo.channels.kit import converse
from tests.connectors.examples import EXAMPLES
from tests.connectors.samples import (
    FOLDERS,
    NOON,
    Sample,
    config_of,
    connector_of,
    damaged,
    kinds,
    samples,
    sealer,
    written,
)

SIGNED = [kind for kind in kinds() if sealer(kind)]
CALLED = [kind for kind in kinds() if not isinstance(connector_of(kind), Carries)]
BRANDS = {"E-mail", "HTTP", "Instagram", "LINE", "Messenger", "SMS", "Telegram", "Viber", "WeChat"}
BRANDS |= {"WhatsApp", "X"}  # the same in every language
ITALIAN = FOLDERS.parent / "channels/locale/it/LC_MESSAGES/django.po"

each_sample = pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.name)
each_signed = pytest.mark.parametrize(
    "sample", [s for s in samples() if s.kind in SIGNED], ids=lambda sample: sample.name
)
each_covered = pytest.mark.parametrize(
    "sample",
    [s for s in samples() if s.kind in SIGNED and registry.card_of(s.kind, s.config).signs],
    ids=lambda sample: sample.name,
)
each_kind = pytest.mark.parametrize("kind", kinds())
each_called = pytest.mark.parametrize("kind", CALLED)


# --- the folder -----------------------------------------------------------


@each_kind
def test_a_folder_holds_a_card_a_guide_and_samples(kind: str) -> None:
    connector = connector_of(kind)
    assert connector.card.kind == kind
    assert (FOLDERS / kind / "GUIDE.md").read_text("utf-8").startswith("# ")
    assert [sample for sample in samples() if sample.kind == kind]
    assert set(config_of(kind)) == {setting.name for setting in connector.card.settings}
    assert sealer(kind) or isinstance(connector, Polls), "who calls us must sign: add seal.py"


@each_kind
def test_a_folder_holds_a_mark_that_the_desk_finds(kind: str) -> None:
    assert (FOLDERS / kind / "mark.svg").read_text("utf-8").startswith("<svg")
    assert (files(registry.package(kind)) / "mark.svg").is_file()


@each_kind
def test_the_words_of_a_card_are_told_in_italian_too(kind: str) -> None:
    card = connector_of(kind).card
    words = {word for one in card.settings for word in (one.label, one.help) if word}
    words |= {card.name} - BRANDS
    assert not {word for word in words if f'msgid "{word}"\n' not in ITALIAN.read_text("utf-8")}


# --- in -------------------------------------------------------------------


@each_sample
def test_a_sample_unseals_and_tells_its_facts(sample: Sample, accepts: bool) -> None:
    connector = connector_of(sample.kind)
    told = written(list(connector.parse(opened(sample))))
    if accepts:
        sample.facts.write_text(told, "utf-8")
    assert sample.facts.exists(), "no .facts: look at them, then accept them with --accept"
    assert told == sample.facts.read_text("utf-8")


@each_sample
def test_facts_keep_their_meaning_when_written(sample: Sample) -> None:
    facts = list(connector_of(sample.kind).parse(opened(sample)))
    assert msgspec.json.decode(msgspec.json.encode(facts), type=list[Fact]) == facts


@each_covered
def test_a_changed_byte_is_forged(sample: Sample) -> None:
    """Where a sealed message lies in an open envelope, only what was proved is read further."""
    call, meant = sealed(sample), opened(sample).body
    for place in range(len(call.body)):
        changed = bytearray(call.body)
        changed[place] ^= 1
        forgery = msgspec.structs.replace(call, body=bytes(changed))
        if meant == call.body:
            refused(sample, forgery)
        else:
            assert unread(sample, forgery, meant)


@each_signed
def test_a_truncated_signature_is_forged(sample: Sample) -> None:
    call = sealed(sample)
    for name in set(call.headers) - set(sample.request().headers):
        for value in (
            call.headers[name][:-1],
            call.headers[name][: len(call.headers[name]) // 2],
            "",
        ):
            refused(sample, msgspec.structs.replace(call, headers=call.headers | {name: value}))


@each_signed
def test_the_key_of_another_channel_is_forged(sample: Sample) -> None:
    refused(sample, sealed(sample, **dict.fromkeys(secrets(sample.kind), "whsec_b3RoZXI=")))


@each_signed
def test_without_a_key_nobody_is_let_in(sample: Sample) -> None:
    empty = dict.fromkeys(secrets(sample.kind), "")
    refused(sample, sealed(sample), **empty)
    refused(sample, sealed(sample, **empty), **empty)


@each_sample
def test_no_damage_makes_reading_fail(sample: Sample) -> None:
    connector, call = connector_of(sample.kind), opened(sample)
    for body in (b"", b"{}", b"[]", b"null", b"\xff", *damaged(call.body)):
        broken = msgspec.structs.replace(call, body=body)
        assert all(isinstance(fact, get_args(Fact)) for fact in connector.parse(broken))
        assert isinstance(connector.lane(broken), str)


# --- out ------------------------------------------------------------------


@each_kind
def test_every_part_of_the_card_is_said(kind: str) -> None:
    for part in (EXAMPLES[each] for each in connector_of(kind).card.can.parts):
        assert calls(kind, part), f"{part} was never sent"


@each_kind
def test_no_secret_stands_in_an_address_or_a_representation(kind: str) -> None:
    connector, config = connector_of(kind), config_of(kind)
    hidden = [config[name] for name in secrets(kind) if config[name]]
    seen = [repr(connector), *(shown for part in EXAMPLES.values() for shown in shows(kind, part))]
    assert not [text for text in seen for secret in hidden if secret in text]


@each_called
@pytest.mark.parametrize(
    ("reply", "verdict", "scope"),
    [
        (Reply(401, b"{}"), Failed, Scope.CHANNEL),
        (Reply(429, b"", {"retry-after": "7"}), Later, Scope.CHANNEL),
        (Reply(503, b"<html>"), Later, Scope.CHANNEL),
    ],
    ids=["401", "429", "503"],
)
def test_a_refusal_has_its_verdict(
    kind: str, reply: Reply, verdict: type[Failed | Later], scope: Scope
) -> None:
    with pytest.raises(verdict) as told:
        say(kind, EXAMPLES[Text], lambda call: reply)
    assert isinstance(told.value, Failed | Later)
    assert told.value.scope is scope


# --- how it is asked ------------------------------------------------------


def secrets(kind: str) -> list[str]:
    return [each.name for each in connector_of(kind).card.settings if each.secret]


def sealed(sample: Sample, **other: str) -> Request:
    seal = sealer(sample.kind)
    call = sample.request()
    return seal(call, {**sample.config, **other}) if seal else call


def opened(sample: Sample) -> Request:
    return connector_of(sample.kind).unseal(sealed(sample), sample.config)


def unread(sample: Sample, call: Request, meant: bytes) -> bool:
    try:
        return connector_of(sample.kind).unseal(call, sample.config).body == meant
    except Forged:
        return True


def refused(sample: Sample, call: Request, **other: str) -> None:
    with pytest.raises(Forged):
        connector_of(sample.kind).unseal(call, {**sample.config, **other})


def somebody(kind: str) -> Handle:
    """Whoever wrote first in the samples."""
    facts = (f for s in samples() if s.kind == kind for f in connector_of(kind).parse(opened(s)))
    return next(fact.by for fact in facts if isinstance(fact, Said))


def say(kind: str, part: Part, answer: object) -> Receipt:
    connector = connector_of(kind)
    spoken, *_ = fit([part], connector.card.can).parts  # a caption may follow apart
    envelope = Envelope(
        "dlv_000000000001",
        NOON,
        answers="m0",
        subject="Il volo",
        files={"att_1": Blob("image/png", b"\x89PNG", "p.png")},
    )
    speech = connector.say(somebody(kind), spoken, config_of(kind), envelope)
    return converse(speech, answer)  # type: ignore[arg-type]


def calls(kind: str, part: Part) -> list[Call]:
    made: list[Call] = []

    def answer(call: Call) -> Reply:
        made.append(call)
        return Reply(200, b'{"id":"x1","messages":[{"id":"x1"}]}')

    try:
        say(kind, part, answer)
    except (Failed, Later, Doubtful):
        if not made:
            raise
    return made


def shows(kind: str, part: Part) -> list[str]:
    if type(part) not in connector_of(kind).card.can.parts:
        return []
    return [text for call in calls(kind, part) for text in (call.url, repr(call))]
