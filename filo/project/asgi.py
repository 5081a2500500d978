"""The one HTTP server: raw doors for what is hot, Django for the pages.

A raw door is an ASGI callable: a function `app` of a module, beside which `startup` and `shutdown`
may stand, or a class with those two as methods, of which each process makes one.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib import import_module

from filo.project.answers import App, Receive, Scope, Send
from filo.project.built import built
from filo.project.launch import settle

DOORS = (
    ("/hooks/", "filo.intake.receiver", "Receiver"),
    ("/files/", "filo.portal.files", "Files"),
    ("/live", "filo.live.stream", "app"),
    ("/health/", "filo.project.health", "app"),
    ("/metrics", "filo.project.metrics", "app"),
)


async def _nothing() -> None:
    return None


@dataclass(frozen=True)
class Door:
    """Where it hangs, and what to call."""

    prefix: str
    app: App
    startup: Callable[[], Awaitable[None]] = _nothing
    shutdown: Callable[[], Awaitable[None]] = _nothing

    def is_of(self, path: str) -> bool:
        whole = self.prefix.rstrip("/")
        return path.startswith(whole + "/") or path == self.prefix


class House:
    """Sends each request to its door."""

    def __init__(self, pages: App, doors: list[Door]) -> None:
        self.pages = pages
        self.doors = doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self.live(receive, send)
        path = scope.get("path", "")
        app = next((door.app for door in self.doors if door.is_of(path)), self.pages)
        return await app(scope, receive, send)

    async def live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            await asyncio.gather(*[door.startup() for door in self.doors])
        except Exception as problem:  # noqa: BLE001 -- the outer door: the server must hear why
            await send({"type": "lifespan.startup.failed", "message": repr(problem)})
            return
        settle()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await asyncio.gather(*[door.shutdown() for door in self.doors])
        await send({"type": "lifespan.shutdown.complete"})


def _pages() -> App:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "filo.project.settings")
    from django.core.asgi import get_asgi_application

    return get_asgi_application()  # type: ignore[return-value]  # Django's own scope types are narrower


def _door(prefix: str, module: str, name: str) -> Door:
    place = import_module(module)
    app = getattr(place, name)
    if isinstance(app, type):
        place = app = app()
    hooks = {hook: getattr(place, hook, _nothing) for hook in ("startup", "shutdown")}
    return Door(prefix, app, **hooks)


# Django first: it reads the settings and the models that some doors ask for.
_django = _pages()
import_module("filo.project.wiring").introduce()
application = House(_django, [_door(*door) for door in DOORS if built(door[1])])
