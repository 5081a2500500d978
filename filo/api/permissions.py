"""Who may call what: one row for every endpoint, held by a test to what really happens.

* own: of a team of the caller's; others: of another team only; nobody's: of no team at all, or
  of no such id.
* yes: it is shown or done. hidden: 404, or missing from the list. refused: 403, it is known but may
  not be done. -: this endpoint knows no such thing.
"""

from __future__ import annotations

import msgspec

ROLES = ("agent", "supervisor", "admin")
OWNERS = ("own", "others", "nobodys")


class Row(msgspec.Struct, frozen=True):
    """What each role gets to see of each owner's things."""

    endpoint: str
    outcomes: dict[tuple[str, str], str]

    def outcome(self, owner: str, role: str) -> str:
        return self.outcomes[owner, role]


#                            own                    others'                nobody's
#                            agent   super.  admin  agent   super.  admin  agent   super.  admin
_TABLE = """
GET /customers               yes     yes     yes    hidden  hidden  yes    hidden  hidden  yes
GET /customers/{id}          yes     yes     yes    hidden  hidden  yes    hidden  hidden  yes
GET /customers/{id}/messages yes     yes     yes    hidden  hidden  yes    hidden  hidden  yes
GET /messages/{id}           yes     yes     yes    hidden  hidden  yes    hidden  hidden  hidden
GET /search                  yes     yes     yes    hidden  hidden  yes    hidden  hidden  yes
GET /cases                   yes     yes     yes    hidden  hidden  yes    -       -       -
GET /cases/{id}              yes     yes     yes    hidden  hidden  yes    hidden  hidden  hidden
POST /cases/{id}/replies     yes     yes     yes    hidden  hidden  yes    hidden  hidden  hidden
POST /cases/{id}/notes       yes     yes     yes    hidden  hidden  yes    hidden  hidden  hidden
POST /cases/{id}/take        yes     yes     yes    hidden  hidden  yes    hidden  hidden  hidden
POST /cases/{id}/release     yes     yes     yes    hidden  hidden  yes    hidden  hidden  hidden
POST /cases/{id}/solve       yes     yes     yes    hidden  hidden  yes    hidden  hidden  hidden
POST /cases/{id}/reopen      refused yes     yes    hidden  hidden  yes    hidden  hidden  hidden
GET /channels                yes     yes     yes    hidden  hidden  yes    -       -       -
POST /channels               refused refused yes    refused refused yes    refused refused yes
GET /channels/{id}/health    yes     yes     yes    hidden  hidden  yes    hidden  hidden  hidden
GET /events                  yes     yes     yes    hidden  hidden  yes    hidden  hidden  yes
POST /uploads                yes     yes     yes    -       -       -      -       -       -
GET /staff/me                yes     yes     yes    -       -       -      -       -       -
GET /teams                   yes     yes     yes    hidden  hidden  yes    -       -       -
"""


def _row(line: str) -> Row:
    method, path, *outcomes = line.split()
    places = [(owner, role) for owner in OWNERS for role in ROLES]
    return Row(f"{method} {path}", dict(zip(places, outcomes, strict=True)))


MATRIX = {row.endpoint: row for row in map(_row, _TABLE.strip().splitlines())}
