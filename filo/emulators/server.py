"""The emulators' server: `python -m filo.emulators.server --port 8081`. No Django, no database.

A part is a module with a `router`, and where it keeps something running `startup(world)` and
`shutdown(world)`. Parts that are not there are left out.
"""

from __future__ import annotations

import argparse
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import uvicorn

from filo.core import home
from filo.emulators.mail_office import PostOffice
from filo.emulators.players import players
from filo.emulators.web import (
    Answer,
    Call,
    Receive,
    Refused,
    Route,
    Router,
    Scope,
    Send,
    heard,
    tell,
)
from filo.emulators.world import World

PARTS = (
    "filo.emulators.town",
    "filo.emulators.control",
    "filo.emulators.phones",
    "filo.emulators.peer",
    "filo.emulators.mail",
    "filo.emulators.accounts_routes",
    *(f"filo.emulators.players.{kind}" for kind in players()),
    "filo.emulators.graph_templates",
    "filo.emulators.graph",
)
OURS = ("localhost", "127.0.0.1", "[::1]")
PLAYED = ("/control", "/play")


class Emulators:
    """Sends each request to the part that plays the provider it is meant for."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.parts = [import_module(name) for name in PARTS if find_spec(name)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            answer = await self._route(await heard(scope, receive))
        except Refused as refused:
            answer = refused.answer
        except ConnectionResetError:
            return
        await tell(send, answer)

    async def _route(self, call: Call) -> Answer:
        _guard(call)
        for part in self.parts:
            if found := _router(part).find(call):
                route: Route = found[0]
                placed = Call(call.method, call.path, call.body, call.headers, call.query, found[1])
                return await route(placed, self.world)
        return Answer.json({"error": "there is no such place here"}, status=404)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        for part in self._having("startup"):
            await part.startup(self.world)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.world.close()
        for part in self._having("shutdown"):
            await part.shutdown(self.world)
        await send({"type": "lifespan.shutdown.complete"})

    def _having(self, moment: str) -> list[ModuleType]:
        return [part for part in self.parts if hasattr(part, moment)]


def _router(part: ModuleType) -> Router:
    router: Router = part.router if hasattr(part, "router") else part.player.router
    return router


def _guard(call: Call) -> None:
    """The world is played from this machine alone: no strange page may do it in our browser."""
    if not call.path.startswith(PLAYED):
        return
    host = call.headers.get("host", "").rpartition(":")[0] or call.headers.get("host", "")
    if host not in OURS:
        raise Refused(Answer.json({"error": "only from this machine"}, status=403))
    mime = call.headers.get("content-type", "")
    if call.method in ("POST", "PUT") and not mime.startswith("application/json"):
        raise Refused(Answer.json({"error": "send application/json"}, status=415))


def main() -> None:
    """Serve on 127.0.0.1 until told to stop."""
    asked = argparse.ArgumentParser(prog="filo emulate", description=__doc__)
    asked.add_argument("--port", type=int, default=home.port() + 1)
    asked.add_argument("--state", type=Path, default=home.home() / "emulators.json")
    asked.add_argument("--forgetful", action="store_true", help="keep nothing over a restart")
    given = asked.parse_args()
    world = World(None if given.forgetful else given.state)
    world.post = PostOffice.of_home()
    uvicorn.run(
        Emulators(world),
        host="127.0.0.1",
        port=given.port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
    )


if __name__ == "__main__":
    main()
