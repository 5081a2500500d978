"""Instagram: private messages, and comments below posts.

Options of an account: those of the played Messenger (`filo/emulators/players/messenger`), and
`changes` (comments in the older envelope), `boosted` (a comment comes twice, once as an
advertisement's), `strangers` (nobody may be answered in private), `young` (the key may not be
exchanged yet).

Acts: in private those of Messenger, and `story` {text} (an answer to our story); in public
`comment` and `mention` {text}, `edit` {text}, `delete`, `own` {text} (a post of ours);
by the company, told to nobody: `hide`, `unhide` and `remove` about a comment.
"""

from __future__ import annotations

from filo.emulators.accounts import Account, Deed
from filo.emulators.players._meta import squares, talks
from filo.emulators.players._meta.api import router as api
from filo.emulators.players._meta.desk import INSTAGRAM
from filo.emulators.players._meta.walls import things
from filo.emulators.web import Answer, Router
from filo.emulators.world import World

PUBLIC = ("comment", "mention", "post", "own", *squares.MODERATED)


class Instagram:
    kind = INSTAGRAM
    router: Router = api

    async def act(self, world: World, account: Account, person: str, deed: Deed) -> Answer:
        if not person or deed.act in PUBLIC or deed.about in things(account):
            return await squares.act(world, account, person, deed)
        if deed.act == "story":
            return await _story(world, account, person, deed)
        return await talks.act(world, account, person, deed)

    async def read(self, world: World, account: Account, person: str) -> None:
        await talks.read(world, account, person)


player = Instagram()


async def _story(world: World, account: Account, person: str, deed: Deed) -> Answer:
    text = str(deed.values.get("text", ""))
    story = {"story": {"id": "1790001", "url": "https://cdn.invalid/story"}}
    message = {"text": text, "reply_to": story}
    return await talks.said(world, account, person, message, "text", {"text": text})
