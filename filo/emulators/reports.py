"""What becomes of a message that Meta took: the answer, and the statuses that follow."""

from __future__ import annotations

from typing import Any

import msgspec

from filo.emulators import errors
from filo.emulators.webhooks import deliver, envelope
from filo.emulators.world import Line, Number, Person, World, moment

RANK = ("", "accepted", "sent", "delivered", "read")


def receipt(line: Line, person: Person) -> bytes:
    return msgspec.json.encode(
        {
            "messaging_product": "whatsapp",
            "contacts": [{"input": person.phone, "wa_id": person.phone, "user_id": person.bsuid}],
            "messages": [{"id": line.id, "message_status": "accepted"}],
        }
    )


async def follow(
    line: Line, person: Person, number: Number, world: World, *, code: str = ""
) -> None:
    """Send the statuses of a new message, as orderly as the number's options want."""
    wanted = number.options
    states = ["sent", "failed"] if code else ["sent", "delivered"]
    if wanted.skip_delivered and not code:
        states = ["sent"]
    if wanted.reads and not code:
        states.append("read")
    for state in reversed(states) if wanted.out_of_order else states:
        await report(line, state, person, number, world, code=code)


async def report(
    line: Line, state: str, person: Person, number: Number, world: World, *, code: str = ""
) -> int:
    """Send one status; the phone remembers the furthest."""
    if state == "failed" or (line.state in RANK and RANK.index(state) > RANK.index(line.state)):
        line.state = state
    status = _status(line, state, person, number, code)
    return await deliver(world, number, envelope(number, {"statuses": [status]}))


def _status(line: Line, state: str, person: Person, number: Number, code: str) -> dict[str, Any]:
    status: dict[str, Any] = {
        "id": line.id,
        "status": state,
        "timestamp": str(int(moment())),
        "recipient_id": person.phone,
        "recipient_user_id": person.bsuid,
    }
    if line.ref:
        status["biz_opaque_callback_data"] = line.ref
    if state == "failed" and code:
        status["errors"] = [errors.reported(code)]
    if state == "sent" and number.options.conversation:
        status["conversation"] = {"id": f"conv-{person.phone}", "origin": {"type": "service"}}
    if state in ("sent", "delivered"):
        status["pricing"] = {
            "billable": False,
            "pricing_model": "PMP",
            "type": "free_customer_service",
            "category": "service",
        }
    return status
