"""Version 1 of the API: its endpoints, gathered."""

from __future__ import annotations

from filo.api import cases, channels, customers, events, people, publishing, uploads
from filo.api.described import Described
from filo.api.tokens import Bearer
from filo.api.verdicts import listen

api = Described(
    title="Filo",
    version="1",
    description="One customer, one thread, every channel.",
    auth=Bearer(),
    docs_url=None,
    urls_namespace="api",
)
listen(api)
for part in (customers, cases, publishing, channels, events, people, uploads):
    api.add_router("", part.router)
