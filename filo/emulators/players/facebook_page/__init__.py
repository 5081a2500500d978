"""A Facebook Page in public: posts, comments, mentions, recommendations.

What is taken up in private goes to the inbox: the account of Messenger with the same page.

Options of an account: `duplicates`, `no_author` (Meta does not say who), `strangers` (nobody may be
answered in private). `next` as in the played Messenger (`filo/emulators/players/messenger`).

Acts: `comment` {text} about a post or comment, `post` {text}, `mention` {text}, `review` {text,
rating}, `edit` {text}, `delete`, `unreact`, `own` {text} (a post of the page);
by the company on its page: `hide`, `unhide` and `remove` about a comment.
"""

from __future__ import annotations

from filo.emulators.accounts import Account, Deed
from filo.emulators.players._meta import squares
from filo.emulators.players._meta.api import router as api
from filo.emulators.players._meta.desk import PAGE
from filo.emulators.web import Answer, Router
from filo.emulators.world import World


class FacebookPage:
    kind = PAGE
    router: Router = api

    async def act(self, world: World, account: Account, person: str, deed: Deed) -> Answer:
        return await squares.act(world, account, person, deed)

    async def read(self, world: World, account: Account, person: str) -> None:
        """Nobody tells a page who has read what stands in public."""


player = FacebookPage()
