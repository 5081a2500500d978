"""The one HTTP server: raw doors for what is hot, Django for the pages.

A raw door is a module with `async def app(scope, receive, send)` and, where it keeps something
open, `async def startup()` and `async def shutdown()`, which the server's lifespan calls.
"""

from __future__ import annotations

import asyncio
import os
from importlib import import_module
from types import ModuleType

from filo.project.answers import App, Receive, Scope, Send
from filo.project.built import built

DOORS = (
    ("/hooks/", "filo.intake.receiver"),
    ("/live", "filo.live.stream"),
    ("/health/", "filo.project.health"),
    ("/metrics", "filo.project.metrics"),
)


class House:
    """Sends each request to its door."""

    def __init__(self, pages: App, doors: list[tuple[str, ModuleType]]) -> None:
        self.pages = pages
        self.doors = doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self.live(receive, send)
        return await self.door(scope)(scope, receive, send)

    def door(self, scope: Scope) -> App:
        path = scope.get("path", "")
        for prefix, module in self.doors:
            if path == prefix or path.startswith(prefix if prefix.endswith("/") else prefix + "/"):
                app: App = module.app
                return app
        return self.pages

    async def live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            await self.call("startup")
        except Exception as problem:  # noqa: BLE001 -- the outer door: the server must hear why
            await send({"type": "lifespan.startup.failed", "message": repr(problem)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.call("shutdown")
        await send({"type": "lifespan.shutdown.complete"})

    async def call(self, moment: str) -> None:
        calls = [getattr(module, moment) for _, module in self.doors if hasattr(module, moment)]
        await asyncio.gather(*[call() for call in calls])


def _pages() -> App:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "filo.project.settings")
    from django.core.asgi import get_asgi_application

    return get_asgi_application()  # type: ignore[return-value]  # Django's own scope types are narrower


def _doors() -> list[tuple[str, ModuleType]]:
    return [(prefix, import_module(module)) for prefix, module in DOORS if built(module)]


# Django first: it reads the settings and the models that some doors ask for.
_django = _pages()
application = House(_django, _doors())
