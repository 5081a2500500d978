"""What customers say becomes messages in cases: one batch, a fixed number of statements."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from filo.channels.contract import Media, Said
from filo.conversations.attachments import Taking, adopt, of_visitor
from filo.conversations.cases import REOPENS_WITHIN, Atlas
from filo.conversations.choosing import Choosing, chosen
from filo.conversations.early import answer_unknown
from filo.conversations.exposing import Exposed, expose
from filo.conversations.tokens import case_of
from filo.conversations.types import Heard, Stirred
from filo.conversations.words import preview, searchable
from filo.core.arrays import TEXT, bigints, moments, octets, texts
from filo.core.db import Cursor
from filo.core.events import Happening, emit
from filo.core.ids import public
from filo.core.sql import statements
from filo.core.text import fold

sql = statements("filo.conversations")


class SpokenOf(msgspec.Struct, frozen=True):
    """A message that somebody refers to by the provider's id."""

    message: int
    customer: int
    case: int
    channel: int
    identity: int


class Line(msgspec.Struct):
    """One thing said, on its way to its row."""

    heard: Heard
    said: Said
    case: int = 0
    new_case: bool = False
    reopened: bool = False
    asked: bool = False  # the last words in its case were ours
    message: int = 0
    seq: int = 0
    answers: int | None = None


Memory = dict[str, list[SpokenOf]]


def spoken_of(cur: Cursor, ids: Iterable[str]) -> Memory:
    """Messages by the provider's ids, theirs and ours."""
    wanted = sorted({id_ for id_ in ids if id_})
    if not wanted:
        return {}
    memory: Memory = defaultdict(list)
    for id_, *row in cur.execute(sql("spoken_of"), {"ids": wanted}).fetchall():
        memory[id_].append(SpokenOf(*row))
    return memory


def receive_said(cur: Cursor, batch: Sequence[Heard], memory: Memory) -> list[Stirred]:
    """Store what was said. The customers are locked by the caller."""
    lines = [Line(heard, heard.fact) for heard in batch if isinstance(heard.fact, Said)]
    if not lines:
        return []
    _answer(lines, memory)
    _find_cases(cur, lines, memory)
    _open_cases(cur, lines)
    _understand(cur, lines)
    _number(cur, lines)
    _write(cur, lines)
    _answer_neighbours(cur, lines)
    _expose(cur, lines)
    _stir(cur, lines)
    _attach(cur, lines)
    _adopt(cur, lines)
    _tell(cur, lines)
    return _stirred(lines)


def _answer(lines: Sequence[Line], memory: Memory) -> None:
    for line in lines:
        known = _same_customer(line, memory.get(line.said.answers, ()))
        line.answers = known.message if known else None


def _same_customer(line: Line, known: Iterable[SpokenOf]) -> SpokenOf | None:
    """An id quoted by somebody else is no proof of belonging (threat: thread hijack by id)."""
    return next((spoken for spoken in known if spoken.customer == line.heard.customer), None)


def _named(line: Line, memory: Memory) -> Iterable[int]:
    """Cases that the words point to, most trusted first: signed token, answered, referred to."""
    if line.said.token and (case := case_of(line.said.token)):
        yield case
    if not line.said.matter:
        return
    for id_ in (line.said.answers, *line.said.references):
        if known := _same_customer(line, memory.get(id_, ())):
            yield known.case


def _find_cases(cur: Cursor, lines: Sequence[Line], memory: Memory) -> None:
    named = {id(line): list(_named(line, memory)) for line in lines}
    matters = sorted({(line.heard.customer, line.said.matter) for line in lines})
    grace = min(line.heard.at for line in lines) - REOPENS_WITHIN
    atlas = Atlas(
        cur.execute(
            sql("cases_for"),
            {
                "customers": [customer for customer, _ in matters],
                "matters": [matter for _, matter in matters],
                "named": sorted({case for cases in named.values() for case in cases}),
                "grace": grace,
            },
        ).fetchall()
    )
    for line in lines:
        place = atlas.find(line.heard.customer, line.said.matter, named[id(line)])
        if place:
            line.case, line.reopened = place.id, place.status == "solved"
            line.asked = place.asked


def _open_cases(cur: Cursor, lines: Sequence[Line]) -> None:
    homeless: dict[tuple[int, str], Line] = {}
    for line in lines:
        if not line.case:
            homeless.setdefault((line.heard.customer, line.said.matter), line)
    if not homeless:
        return
    firsts = [homeless[key] for key in sorted(homeless)]
    rows = cur.execute(
        sql("open_cases"),
        {
            "customers": [line.heard.customer for line in firsts],
            "teams": [line.heard.team for line in firsts],
            "channels": [line.heard.channel for line in firsts],
            "matters": [line.said.matter for line in firsts],
            "subjects": [line.said.subject for line in firsts],
            "ats": [line.heard.at for line in firsts],
        },
    ).fetchall()
    opened = {(customer, matter): case for case, customer, matter in rows}
    for line in lines:
        if not line.case:
            key = (line.heard.customer, line.said.matter)
            line.case, line.new_case = opened[key], line is homeless[key]
    cur.execute(
        sql("let_read"),
        {
            "customers": [line.heard.customer for line in firsts],
            "teams": [line.heard.team for line in firsts],
        },
    )


def _understand(cur: Cursor, lines: Sequence[Line]) -> None:
    """What was typed back in answer to a question with ready answers."""
    batch = [Choosing(line.heard.identity, line.said, line.asked) for line in lines]
    for line, said in zip(lines, chosen(cur, batch), strict=True):
        line.said = said


def _number(cur: Cursor, lines: Sequence[Line]) -> None:
    many = Counter(line.heard.identity for line in lines)
    last: dict[int, datetime] = {}
    for line in lines:
        if line.said.public or line.said.ours:
            continue  # opens no window: it was not said to us alone, or not by them
        # Their clock may be ahead: a window that it opens must not stay open longer for that.
        at = min(line.said.at, line.heard.at)
        last[line.heard.identity] = max(at, last.get(line.heard.identity, at))
    identities = sorted(many)
    rows = cur.execute(
        sql("count_on"),
        {
            "identities": identities,
            "many": [many[identity] for identity in identities],
            "heard": [last.get(identity) for identity in identities],
        },
    ).fetchall()
    base: dict[int, int] = dict(rows)
    for line in lines:
        base[line.heard.identity] += 1
        line.seq = base[line.heard.identity]


def _write(cur: Cursor, lines: Sequence[Line]) -> None:
    said = [line.said for line in lines]
    heard = [line.heard for line in lines]
    encode = msgspec.json.encode
    columns = {
        "customers": bigints([one.customer for one in heard]),
        "cases": bigints([line.case for line in lines]),
        "identities": bigints([one.identity for one in heard]),
        "channels": bigints([one.channel for one in heard]),
        "seqs": bigints([line.seq for line in lines]),
        "directions": texts(["out" if one.ours else "in" for one in said]),
        "visibilities": texts(["public" if one.public else "private" for one in said]),
        "parts": octets([encode(one.parts) for one in said], TEXT),
        "subjects": texts([one.subject for one in said]),
        "words": texts([_words(one) for one in said]),
        "answers": [line.answers for line in lines],
        "provider_ids": texts([one.id for one in said]),
        "client_ids": texts([one.client_id or None for one in said]),
        "contexts": octets([encode(_context(one)) for one in said], TEXT),
        "automatics": [one.automatic for one in said],
        "said_ats": moments([one.at for one in said]),
        "ats": moments([one.at for one in heard]),
    }
    rows = cur.execute(sql("say_in"), columns).fetchall()
    for line, message in zip(lines, sorted(row[0] for row in rows), strict=True):
        line.message = message


def _answer_neighbours(cur: Cursor, lines: Sequence[Line]) -> None:
    """What is answered may have come beside its answer; else the answer waits for it."""
    open_ends = [line for line in lines if line.said.answers and line.answers is None]
    if not open_ends:
        return
    here = {(line.heard.customer, line.said.id): line.message for line in lines}
    asked = [(line.heard.customer, line.said.answers, line.message) for line in open_ends]
    met = [(message, here[who, what]) for who, what, message in asked if (who, what) in here]
    if met:
        columns = {"messages": [one for one, _ in met], "answered": [other for _, other in met]}
        cur.execute(sql("answers_at_last"), columns)
    answer_unknown(cur, [end for end in asked if end[:2] not in here])


def _context(said: Said) -> dict[str, str]:
    return {**said.context, "app": said.app} if said.ours else said.context


def _expose(cur: Cursor, lines: Sequence[Line]) -> None:
    expose(
        cur,
        [
            Exposed(
                line.message,
                line.heard.channel,
                line.said.post,
                line.said.answers,
                line.said.reach,
                line.said.rating,
                line.said.url,
            )
            for line in lines
            if line.said.public
        ],
    )


def _words(said: Said) -> str:
    return fold(f"{said.subject}\n{searchable(said.parts)}")


def _stir(cur: Cursor, lines: Sequence[Line]) -> None:
    by_case: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        by_case[line.case].append(line)
    cases = sorted(by_case)
    last = [by_case[case][-1] for case in cases]
    cur.execute(
        sql("heard"),
        {
            "cases": cases,
            "messages": [line.message for line in last],
            "ats": [line.heard.at for line in last],
            "words": [preview(line.said.parts) for line in last],
            "many": [sum(not line.said.ours for line in by_case[case]) for case in cases],
            "automatics": [all(line.said.automatic for line in by_case[case]) for case in cases],
            "ours": [line.said.ours for line in last],
        },
    )


def _attach(cur: Cursor, lines: Sequence[Line]) -> None:
    files = [
        (line, ordinal, part)
        for line in lines
        for ordinal, part in enumerate(line.said.parts)
        if isinstance(part, Media) and not part.attachment
    ]
    if not files:
        return
    cur.execute(
        sql("attach"),
        {
            "messages": [line.message for line, _, _ in files],
            "ordinals": [ordinal for _, ordinal, _ in files],
            "channels": [line.heard.channel for line, _, _ in files],
            "journals": [line.heard.journal for line, _, _ in files],
            "mimes": [part.mime for _, _, part in files],
            "names": [part.name for _, _, part in files],
            "sizes": [part.size for _, _, part in files],
            "refs": [part.ref or part.url for _, _, part in files],
            "hashes": [part.sha256 for _, _, part in files],
        },
    )


def _adopt(cur: Cursor, lines: Sequence[Line]) -> None:
    """Files that they uploaded to us beforehand."""
    adopt(
        cur,
        [
            Taking(
                attachment=part.attachment,
                message=line.message,
                ordinal=ordinal,
                channel=line.heard.channel,
                owner=of_visitor(line.said.by.space, line.said.by.value),
            )
            for line in lines
            for ordinal, part in enumerate(line.said.parts)
            if isinstance(part, Media) and part.attachment
        ],
    )


def _tell(cur: Cursor, lines: Sequence[Line]) -> None:
    emit(cur, [happening for line in lines for happening in _happenings(line)])


def _happenings(line: Line) -> Iterable[Happening]:
    customer, case = line.heard.customer, line.case
    if line.new_case:
        yield Happening("case_opened", customer, case, {"case": public("cas", case)})
    if line.reopened:
        reason = "reopened" if line.said.ours else "reopened_by_customer"
        yield Happening("case_changed", customer, case, {"reason": reason})
    if line.said.ours:
        yield _written_elsewhere(line)
        return
    body: dict[str, Any] = {
        "message": public("msg", line.message),
        "identity": public("idn", line.heard.identity),
        "seq": line.seq,
    }
    if line.said.client_id:
        body["client_id"] = line.said.client_id
    yield Happening("message_received", customer, case, body)


def _written_elsewhere(line: Line) -> Happening:
    body = {"message": public("msg", line.message), "app": line.said.app}
    return Happening("message_written", line.heard.customer, line.case, body)


def _stirred(lines: Sequence[Line]) -> list[Stirred]:
    """One entry a case: its clock starts with the first words that a person wrote.

    Where the last words are ours nobody waits.
    """
    answered = {
        case for case, ours in {line.case: line.said.ours for line in lines}.items() if ours
    }
    stirred: dict[int, Stirred] = {}
    for line in lines:
        heard = line.heard
        if line.said.ours or line.case in answered:
            continue
        entry = Stirred(
            case=line.case,
            customer=heard.customer,
            team=heard.team,
            at=heard.at,
            answer_within=heard.answer_within,
            new=line.new_case,
            automatic=line.said.automatic,
        )
        held = stirred.get(line.case)
        if held is None or (held.automatic and not entry.automatic):
            stirred[line.case] = entry
    return list(stirred.values())
