"""Messenger: the inbox of a Facebook Page.

Options of an account: `duplicates`, `standby` (another app answers), `seconds` (old time stamps),
`no_mids` (delivery by watermark alone), `both_stickers`, `strings` (numbers as text),
`no_profiles`, `templates` (as `message_templates` lists them). `next` takes, besides the common
whims, any error as `#code/subcode`: `#190/463`.

Acts: `edit` {text}, `delete`, `unreact`, `block`, `unblock`, `referral` {ref}, `sticker`, `owner`
{text} (somebody of the company answers in Meta's inbox), `knock` (the handshake).
"""

from __future__ import annotations

from filo.emulators.accounts import Account, Deed
from filo.emulators.players._meta import talks
from filo.emulators.players._meta.api import router as api
from filo.emulators.players._meta.desk import MESSENGER
from filo.emulators.web import Answer, Router
from filo.emulators.world import World


class Messenger:
    kind = MESSENGER
    router: Router = api

    async def act(self, world: World, account: Account, person: str, deed: Deed) -> Answer:
        return await talks.act(world, account, person, deed)

    async def read(self, world: World, account: Account, person: str) -> None:
        await talks.read(world, account, person)


player = Messenger()
