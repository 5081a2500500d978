"""Reviews on Google Business Profile: asked for, and answered in public, once each."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from datetime import datetime, timedelta
from urllib.parse import quote

import msgspec

from filo.channels.contract import (
    Bundle,
    Call,
    Capabilities,
    Card,
    Config,
    DeliveryClass,
    Envelope,
    Fact,
    Failed,
    Fed,
    Handle,
    Hop,
    Later,
    Reason,
    Receipt,
    Reply,
    Request,
    Scope,
    Setting,
    Speech,
    Spoken,
    Text,
)
from filo.channels.kit import check_signature, excerpt, raise_for_reply
from filo.connectors.reviews import asking, wire
from filo.core.text import UNREADABLE

LONGEST = 4096  # bytes

CARD = Card(
    kind="reviews",
    name="Google reviews",
    settings=(
        Setting("location", "Place", help="As accounts/123/locations/456: see the guide."),
        Setting("client_id", "OAuth client ID"),
        Setting("client_secret", "OAuth client secret", secret=True),
        Setting(
            "refresh_token",
            "Refresh token",
            secret=True,
            help="Of somebody who manages the place, for the scope business.manage.",
        ),
        Setting("push_secret", "Key for pages that are brought", secret=True, made=True),
        Setting("api_base", "API address", required=False),
    ),
    can=Capabilities(
        text=LONGEST,
        parts=frozenset({Text}),
        unit="bytes",
        public=True,
        bundles=True,  # a place has one answer: a second part would replace the first
    ),
    delivery=DeliveryClass.KEYED,
    family="mail",
    address="location",
    color="#b8860b",
    feeds_every=timedelta(minutes=5),
)


LOGIN = "Log in again in the OAuth playground as the guide says, and paste the new refresh token."
PLACE = "Google must have approved the project, and this account must manage the place."


class Reviews:
    card = CARD

    def unseal(self, request: Request, config: Config) -> Request:
        """We ask for reviews ourselves; who brings some instead signs them."""
        check_signature(
            given=request.headers.get("x-filo-signature", ""),
            key=config.get("push_secret", ""),
            body=request.body,
        )
        return request

    def parse(self, request: Request) -> Sequence[Fact]:
        return list(wire.facts(request))

    def lane(self, request: Request) -> str:
        return wire.lane(request)

    def feed(self, config: Config, cursor: str, *, at: datetime) -> Generator[Call, Reply, Fed]:
        return asking.feed(config, cursor, at=at)

    def say(self, to: Handle, part: Spoken, config: Config, envelope: Envelope) -> Speech:
        """One answer a review: another one takes its place, and the same one changes nothing."""
        comment = _comment(part)
        token = yield from asking.access(config)
        reply = yield Call(
            url=f"{asking.reviews_of(config)}/{quote(to.value, safe='')}/reply",
            method="PUT",
            json={"comment": comment},
            headers={"authorization": f"Bearer {token}"},
        )
        if reply.status == 404:
            raise Failed(Reason.UNREACHABLE, "the review is gone", scope=Scope.PERSON)
        raise_for_reply(reply)
        return Receipt(wire.answer_id(to.value, _published(reply) or comment))

    def check(self, config: Config, *, hook: str) -> Generator[Call, Reply, tuple[Hop, ...]]:
        """May we log in, and may we read the reviews of this place?"""
        try:
            token = yield from asking.access(config)
        except (Failed, Later) as trouble:
            return (Hop("login", False, trouble.detail, LOGIN),)
        login = Hop("login", ok=True)
        reply = yield asking.page_call(config, token, size=1)
        fine = reply.status == 200
        return (login, Hop("reviews", fine, "" if fine else excerpt(reply.body), PLACE))


connector = Reviews()


def _comment(part: Spoken) -> str:
    pieces = part.parts if isinstance(part, Bundle) else (part,)
    comment = "\n\n".join(piece.text for piece in pieces if isinstance(piece, Text))
    if not comment or len(comment.encode()) > LONGEST:
        why = f"a review's answer has 1 to {LONGEST} bytes of text; shorten it"
        raise Failed(Reason.REFUSED, why)
    return comment


def _published(reply: Reply) -> str:
    """The words as they stand there now."""
    try:
        return msgspec.json.decode(reply.body, type=wire.Answer).comment
    except UNREADABLE:
        return ""
