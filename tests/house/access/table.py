"""Who may ask what: one row for every address of the house, and the rules that the rows name.

Written by hand, held by `test_matrix.py` to what really happens. A row is a method, a path, the
credential that its door knows, and a rule. Cells: `y` shown or done, `h` hidden (404, or missing
from the list), `r` refused (403: it is known, but may not be done), `-` no such thing here.

The objects are seen from the first team: its agent and its supervisor are of it, the stranger is an
agent of another team, the administrator is of none and reads all.
"""

from __future__ import annotations

import msgspec

STAFF = ("agent", "stranger", "supervisor", "administrator")
OBJECTS = {
    "own": "of a customer whom the first team alone has",
    "shared": "the first team's, of a customer whom the stranger's team reads too",
    "closed": "the same, in a restricted case",
    "others": "of the stranger's team alone",
    "nobodys": "of no team: somebody is known, and never wrote",
    "missing": "there is no such id",
}
# door: who comes in at all, by which credential. Everybody else is sent to log in, or told 401.
DOORS = {
    "session": "the cookie of a login",
    "token": "an API token of a person, as a bearer",
    "pass": "a visitor's signed pass, as the widget keeps it",
    "provider": "the signature, or the verify token, of that channel",
    "scraper": "the token of the metrics",
    "anybody": "nothing: it says nothing about anybody, or the link itself is the key",
}


class Rule(msgspec.Struct, frozen=True):
    """What each role gets of each object; for doors without roles, what everybody gets."""

    name: str
    cells: dict[tuple[str, str], str]

    @property
    def objects(self) -> list[str]:
        named = {thing for (_, thing), cell in self.cells.items() if cell != "-"}
        return [thing for thing in OBJECTS if thing in named]


class Row(msgspec.Struct, frozen=True):
    method: str
    path: str
    door: str
    rule: Rule
    mark: str  # what must stand in the answer of a list, or it is hidden

    @property
    def endpoint(self) -> str:
        return f"{self.method} {self.path}"


#                      own shared closed others nobodys missing
_RULES = """
reads the customer
  agent                 y    y     y     h      h      h
  stranger              h    y     y     y      h      h
  supervisor            y    y     y     h      h      h
  administrator         y    y     y     y      y      h
opens the customer
  agent                 y    y     y     h      h      h
  stranger              h    y     h     y      h      h
  supervisor            y    y     y     h      h      h
  administrator         y    y     y     y      h      h
reads the case
  agent                 y    y     y     h      -      h
  stranger              h    y     h     y      -      h
  supervisor            y    y     y     h      -      h
  administrator         y    y     y     y      -      h
works on the case
  agent                 y    y     y     h      -      h
  stranger              h    r     h     y      -      h
  supervisor            y    y     y     h      -      h
  administrator         y    y     y     y      -      h
leads the case
  agent                 r    r     r     h      -      h
  stranger              h    r     h     r      -      h
  supervisor            y    y     y     h      -      h
  administrator         y    y     y     y      -      h
speaks in the case
  agent                 r    r     r     h      -      h
  stranger              h    r     h     r      -      h
  supervisor            y    y     y     h      -      h
  administrator         y    y     y     y      -      h
lists the case
  agent                 y    y     y     h      -      -
  stranger              h    h     h     y      -      -
  supervisor            y    y     y     h      -      -
  administrator         y    y     y     y      -      -
wrote the words
  agent                 y    y     y     h      -      h
  stranger              h    r     h     y      -      h
  supervisor            r    r     r     h      -      h
  administrator         r    r     r     r      -      h
agrees at the counter
  agent                 y    y     y     h      -      h
  stranger              h    r     r     y      -      h
  supervisor            y    y     y     h      -      h
  administrator         y    y     y     y      -      h
owns it
  agent                 y    -     -     h      -      h
  stranger              h    -     -     y      -      h
  supervisor            h    -     -     h      -      h
  administrator         h    -     -     h      -      h
finds the case
  agent                 y    y     y     h      -      -
  stranger              h    y     h     y      -      -
  supervisor            y    y     y     h      -      -
  administrator         y    y     y     y      -      -
finds the customer
  agent                 y    y     y     h      h      -
  stranger              h    y     y     y      h      -
  supervisor            y    y     y     h      h      -
  administrator         y    y     y     y      y      -
is of the team
  agent                 y    -     -     h      -      h
  stranger              h    -     -     y      -      h
  supervisor            y    -     -     h      -      h
  administrator         y    -     -     y      -      h
finds the team's
  agent                 y    -     -     h      -      -
  stranger              h    -     -     y      -      -
  supervisor            y    -     -     h      -      -
  administrator         y    -     -     y      -      -
administers it
  agent                 r    -     -     r      -      r
  stranger              r    -     -     r      -      r
  supervisor            r    -     -     r      -      r
  administrator         y    -     -     y      -      h
administers one of many
  agent                 r    -     -     -      -      r
  stranger              r    -     -     -      -      r
  supervisor            r    -     -     -      -      r
  administrator         y    -     -     -      -      y
administers
  agent                 r    -     -     -      -      -
  stranger              r    -     -     -      -      -
  supervisor            r    -     -     -      -      -
  administrator         y    -     -     -      -      -
works here
  agent                 y    -     -     -      -      -
  stranger              y    -     -     -      -      -
  supervisor            y    -     -     -      -      -
  administrator         y    -     -     -      -      -
has the key
  everybody             y    -     -     -      -      h
everybody
  everybody             y    -     -     -      -      -
nobody any more
  everybody             h    -     -     -      -      -
"""

_ROWS = """
GET  /                                          session   works here
GET  /desk/?view=all                            session   lists the case                {word}
GET  /desk/views?view=all                       session   lists the case                {word}
GET  /desk/rows?view=all&ids={case}             session   finds the case                {word}
GET  /desk/search?q={word}                      session   finds the case                {said}
GET  /desk/wishes                               session   works here
POST /desk/wishes                               session   works here
GET  /desk/customers/{customer}/                session   opens the customer
GET  /desk/attachments/{attachment}             session   reads the case
GET  /desk/cases/{case}/                        session   reads the case
GET  /desk/cases/{case}/customer                session   reads the case
GET  /desk/cases/{case}/older?before={message}  session   reads the case
GET  /desk/cases/{case}/newest                  session   reads the case
POST /desk/cases/{case}/replies                 session   works on the case
POST /desk/cases/{case}/public-replies          session   speaks in the case
POST /desk/cases/{case}/notes                   session   reads the case
POST /desk/cases/{case}/draft                   session   reads the case
GET  /desk/cases/{case}/roads                   session   reads the case
GET  /desk/cases/{case}/templates               session   reads the case
POST /desk/cases/{case}/fit                     session   reads the case
GET  /desk/cases/{case}/inserts                 session   reads the case
POST /desk/cases/{case}/inserts                 session   reads the case
POST /desk/cases/{case}/files                   session   reads the case
POST /desk/cases/{case}/owner                   session   works on the case
POST /desk/cases/{case}/closure                 session   works on the case
POST /desk/cases/{case}/snooze                  session   works on the case
POST /desk/cases/{case}/team                    session   works on the case
POST /desk/cases/{case}/reading                 session   reads the case
POST /desk/messages/{message}/recall            session   wrote the words
POST /desk/messages/{spoken}/moderations        session   speaks in the case
POST /desk/deliveries/{delivery}/retry          session   works on the case
POST /desk/deliveries/{delivery}/verdict        session   works on the case
GET  /desk/counter/                             session   works here
GET  /desk/counter/customers/{customer}/        session   reads the customer
POST /desk/counter/customers/{customer}/agreement  session  agrees at the counter

GET  /desk/settings/                            session   works here
GET  /desk/settings/me                          session   works here
POST /desk/settings/me                          session   works here
GET  /desk/settings/people/                     session   administers
POST /desk/settings/people/                     session   administers
GET  /desk/settings/people/{person}/            session   administers it
POST /desk/settings/people/{person}/            session   administers it
POST /desk/settings/people/{person}/link        session   administers it
POST /desk/settings/people/{person}/access      session   administers it
POST /desk/settings/people/{person}/second-factor  session  administers it
GET  /desk/settings/teams/                      session   administers
POST /desk/settings/teams/                      session   administers
POST /desk/settings/teams/{team}                session   administers it
GET  /desk/settings/channels/                   session   administers
GET  /desk/settings/channels/new/{kind}/        session   administers it
POST /desk/settings/channels/new/{kind}/        session   administers it
POST /desk/settings/channels/new/{kind}/draft   session   administers it
GET  /desk/settings/channels/{channel}/         session   administers it
POST /desk/settings/channels/{channel}/         session   administers it
POST /desk/settings/channels/{channel}/access   session   administers it
GET  /desk/settings/channels/{channel}/setup    session   administers it
POST /desk/settings/channels/{channel}/setup    session   administers it
POST /desk/settings/channels/{channel}/checks   session   administers it
POST /desk/settings/channels/{channel}/registration  session  administers it
POST /desk/settings/channels/{channel}/templates     session  administers it
GET  /desk/settings/channels/{channel}/test     session   administers it
POST /desk/settings/channels/{channel}/test     session   administers it
GET  /desk/settings/channels/{channel}/test/hops    session  administers it
POST /desk/settings/channels/{channel}/test/answer  session  administers it
GET  /desk/settings/log/                        session   administers
GET  /desk/settings/journal/                    session   administers
POST /desk/settings/journal/{journal}/replay    session   administers one of many
POST /desk/settings/journal/dead/{dead}/replay  session   administers one of many

GET  /account/first/{first}                     anybody   nobody any more
POST /account/first/{first}                     anybody   nobody any more
GET  /account/welcome/{welcome}                 anybody   has the key
POST /account/welcome/{welcome}                 anybody   has the key
GET  /account/login/                            anybody   everybody
POST /account/login/                            anybody   everybody
GET  /account/logout/                           anybody   everybody
POST /account/logout/                           anybody   everybody
GET  /account/inactive/                         anybody   everybody
GET  /account/reauthenticate/                   session   works here
POST /account/reauthenticate/                   session   works here
GET  /account/password/                         session   works here
POST /account/password/                         session   works here
GET  /account/password/set/                     session   works here
POST /account/password/set/                     session   works here
GET  /account/email/                            anybody   nobody any more
POST /account/email/                            anybody   nobody any more
GET  /account/2fa/                              session   works here
GET  /account/2fa/authenticate/                 anybody   everybody
POST /account/2fa/authenticate/                 anybody   everybody
GET  /account/2fa/reauthenticate/               session   works here
POST /account/2fa/reauthenticate/               session   works here
GET  /account/2fa/totp/activate/                session   works here
POST /account/2fa/totp/activate/                session   works here
GET  /account/2fa/totp/deactivate/              session   works here
POST /account/2fa/totp/deactivate/              session   works here
GET  /account/2fa/recovery-codes/               session   works here
GET  /account/2fa/recovery-codes/generate/      session   works here
POST /account/2fa/recovery-codes/generate/      session   works here
GET  /account/2fa/recovery-codes/download/      session   works here
GET  /account/2fa/webauthn/                     session   works here
GET  /account/2fa/webauthn/add/                 session   works here
POST /account/2fa/webauthn/add/                 session   works here
GET  /account/2fa/webauthn/reauthenticate/      session   works here
POST /account/2fa/webauthn/reauthenticate/      session   works here
GET  /account/2fa/webauthn/keys/{key}/remove/   session   owns it
POST /account/2fa/webauthn/keys/{key}/remove/   session   owns it
GET  /account/2fa/webauthn/keys/{key}/edit/     session   owns it
POST /account/2fa/webauthn/keys/{key}/edit/     session   owns it
GET  /account/2fa/webauthn/login/               anybody   everybody
POST /account/2fa/webauthn/login/               anybody   everybody
GET  /language/setlang/                         anybody   everybody
POST /language/setlang/                         anybody   everybody

GET  /api/v1/openapi.json                       anybody   everybody
GET  /api/v1/                                   anybody   nobody any more
POST /api/v1/                                   anybody   nobody any more
GET  /api/v1/{nowhere}                          anybody   nobody any more
POST /api/v1/{nowhere}                          anybody   nobody any more
GET  /api/v1/customers                          token     finds the customer            {customer}
GET  /api/v1/customers/{customer}               token     reads the customer
GET  /api/v1/customers/{customer}/messages      token     reads the customer
GET  /api/v1/messages/{message}                 token     reads the case
GET  /api/v1/search?q={word}                    token     finds the case                {said}
GET  /api/v1/cases                              token     lists the case                {case}
GET  /api/v1/cases/{case}                       token     reads the case
GET  /api/v1/cases/{case}/roads                 token     reads the case
POST /api/v1/cases/{case}/replies               token     works on the case
POST /api/v1/cases/{case}/public-replies        token     speaks in the case
POST /api/v1/cases/{case}/continuations         token     works on the case
POST /api/v1/messages/{spoken}/moderations      token     speaks in the case
POST /api/v1/cases/{case}/notes                 token     reads the case
POST /api/v1/cases/{case}/take                  token     works on the case
POST /api/v1/cases/{case}/release               token     works on the case
POST /api/v1/cases/{case}/solve                 token     works on the case
POST /api/v1/cases/{case}/reopen                token     leads the case
GET  /api/v1/channels                           token     finds the team's              {channel}
POST /api/v1/channels                           token     administers
GET  /api/v1/channels/{channel}/health          token     is of the team
GET  /api/v1/events?limit=200                   token     finds the case                {case}
POST /api/v1/uploads                            token     works here
GET  /api/v1/staff/me                           token     works here
GET  /api/v1/teams                              token     finds the team's              {team}

GET  /w.js                                      anybody   everybody
GET  /w/{chat}                                  anybody   has the key
POST /w/{chat}/session                          anybody   has the key
OPTIONS /w/{chat}/session                       anybody   has the key
GET  /c/{counter}/                              anybody   has the key
GET  /c/{counter}/{admission}                   anybody   has the key
POST /c/{counter}/{admission}                   anybody   has the key
GET  /w/{chat}/lines                            pass      has the key
POST /w/{chat}/ticket                           pass      has the key
GET  /w/{chat}/worker.js                        anybody   nobody any more
GET  /w/{chat}/manifest.json                    anybody   nobody any more
GET  /w/{chat}/devices                          anybody   nobody any more
POST /w/{chat}/devices                          anybody   nobody any more
DELETE /w/{chat}/devices                        anybody   nobody any more

GET  /live?after={cursor}                       session   finds the case                {case}
GET  /live/poll?after={cursor}                  session   finds the case                {case}
POST /live/hints                                session   reads the case
GET  /live/w/{chat}                             pass      has the key
POST /hooks/{channel}                           provider  has the key
GET  /hooks/{greeting}                          provider  has the key
GET  /files/{link}                              anybody   has the key
POST /files/{ticket}/word.txt                   anybody   has the key
OPTIONS /files/{link}                           anybody   everybody
GET  /health/live                               anybody   everybody
GET  /health/ready                              anybody   everybody
GET  /metrics                                   scraper   everybody
"""


def _rules() -> dict[str, Rule]:
    rules: dict[str, Rule] = {}
    for line in filter(str.strip, _RULES.splitlines()):
        if not line.startswith(" "):
            name = line.strip()
            rules[name] = Rule(name, {})
            continue
        role, *cells = line.split()
        rules[name].cells.update(
            {(role, thing): cell for thing, cell in zip(OBJECTS, cells, strict=True)}
        )
    return rules


def _row(line: str) -> Row:
    method, path, door, *words = line.split()
    mark = words.pop() if words[-1].startswith("{") else ""
    return Row(method, path, door, RULES[" ".join(words)], mark)


CALLERS = [
    *("nobody", "visitor", "provider", "scraper"),
    *(f"{role} by {by}" for by in ("session", "token") for role in STAFF),
]

RULES = _rules()
ROWS = [_row(line) for line in _ROWS.splitlines() if line]
