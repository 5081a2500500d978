"""What goes wrong on demand: a queue of wishes, one for each of the next calls."""

from __future__ import annotations

import asyncio

from filo.emulators.web import Answer, Refused

LONGEST_HANG = 120.0
LOSE = "lose"  # take it, and cut the connection in the middle of the answer


async def indulge(wishes: list[str]) -> str:
    """Take the next wish: refuse, hang, or hand back what the caller must do itself."""
    wish = wishes.pop(0) if wishes else ""
    if wish == "hang":
        await asyncio.sleep(LONGEST_HANG)
        raise Refused(Answer.json({"error": "hung"}, status=504))
    status, _, after = wish.partition(":")
    if len(status) == 3 and status.isdigit():
        headers = {"retry-after": after} if after else {}
        raise Refused(Answer.json({"error": "on demand"}, status=int(status), **headers))
    return wish
