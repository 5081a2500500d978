"""The SDK of the company's app without a screen: a pass, signed commands, and the stream.

Written from `docs/reference/app.md` alone, so that it also proves that page.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec

SILENCE = 40.0  # seconds: the server beats every 15


class Refused(Exception):
    """The house said no, with this status."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


class Client:
    """One device's session in one channel of one house."""

    def __init__(self, web: httpx.AsyncClient, house: str, channel: str) -> None:
        self.web, self.house, self.channel = web, house, channel
        self.token = self.key = self.cursor = ""

    # --- the session ------------------------------------------------------

    async def sign_in(self, jwt: str = "") -> None:
        """A pass: for whom the company's token names, or for a stranger."""
        told = await self._post("session", {"bearer": True} | ({"jwt": jwt} if jwt else {}))
        self.token, self.key = told["token"], told["key"]

    async def sign_out(self) -> None:
        """Nothing of it stays here."""
        await self._post("session", {"leave": True})
        self.token = self.key = self.cursor = ""

    async def enrol(self, device: dict[str, Any], *, forget: bool = False) -> None:
        """Where this phone can be woken, or that it is to be no more."""
        await self._post("devices", device, method="DELETE" if forget else "POST")

    # --- what is said -----------------------------------------------------

    async def command(self, **command: Any) -> int:
        """The status with which the house took it; the same `client_id` again is the same words."""
        body = msgspec.json.encode(command)
        mark = hmac.new(self.key.encode(), body, hashlib.sha256).hexdigest()
        headers = {**self._bearer, "filo-signature": f"sha256={mark}"}
        url = f"{self.house}/hooks/{self.channel}"
        reply = await self.web.post(url, content=body, headers=headers)
        if reply.status_code != httpx.codes.OK:
            raise Refused(reply.status_code)
        return reply.status_code

    async def upload(self, body: bytes, *, name: str, mime: str) -> dict[str, Any]:
        """A file, as a part that a message may carry."""
        place = (await self._post("ticket", {}))["url"]
        headers = {"content-type": mime}
        reply = await self.web.post(f"{place}/{name or 'file'}", content=body, headers=headers)
        if not reply.is_success:
            raise Refused(reply.status_code)
        kept = reply.json()
        told = {"type": "media", "mime": kept["mime"], "name": kept["name"], "size": kept["size"]}
        return {**told, "attachment": kept["id"]}

    # --- what is heard ----------------------------------------------------

    async def lines(self) -> list[dict[str, Any]]:
        """The newest lines, and the place from which to listen on."""
        told = await self._ask("GET", f"{self.house}/w/{self.channel}/lines")
        self.cursor = told["cursor"]
        lines: list[dict[str, Any]] = told["lines"]
        return lines

    async def listen(self) -> AsyncIterator[dict[str, Any]]:
        """What happens from the cursor on, until the line is cut; at a `reset` take `lines`."""
        url = f"{self.house}/live/w/{self.channel}"
        wait = httpx.Timeout(10, read=SILENCE)
        asked = self.web.stream(
            "GET", url, params={"after": self.cursor}, headers=self._bearer, timeout=wait
        )
        async with asked as reply:
            if reply.status_code != httpx.codes.OK:
                raise Refused(reply.status_code)
            frame: dict[str, str] = {}
            async for line in reply.aiter_lines():
                if line:
                    name, _, text = line.partition(": ")
                    frame[name] = text
                    continue
                if told := self._heard(frame):
                    yield told
                frame = {}

    def _heard(self, frame: dict[str, str]) -> dict[str, Any] | None:
        if frame.get("id"):
            self.cursor = frame["id"]
        match frame.get("event", "message" if frame.get("data") else ""):
            case "message":
                told: dict[str, Any] = msgspec.json.decode(frame["data"])
                return told
            case "hint":
                return {"type": "hint", **msgspec.json.decode(frame["data"])}
            case "reset":
                return {"type": "reset"}
            case "hello":
                return {"type": "hello"}
        return None

    # --- calls ------------------------------------------------------------

    @property
    def _bearer(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"} if self.token else {}

    async def _post(self, what: str, body: dict[str, Any], method: str = "POST") -> Any:
        return await self._ask(method, f"{self.house}/w/{self.channel}/{what}", body)

    async def _ask(self, method: str, url: str, body: dict[str, Any] | None = None) -> Any:
        reply = await self.web.request(method, url, json=body, headers=self._bearer)
        if not reply.is_success:
            raise Refused(reply.status_code)
        return reply.json() if reply.content else {}
