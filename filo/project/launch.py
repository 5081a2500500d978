"""One process of the house: `python -m filo.project.launch filo.intake.pipeline` runs its `main`.

The parts stand below this one: they log and end as they are told here, and know nothing of it.
"""

from __future__ import annotations

import asyncio
import inspect
import sys
from importlib import import_module

from filo.project import logging as our_logging

# httpx imports its command line where click and rich happen to be there: five megabytes a process
# for what none of ours calls. A name that maps to None is "not installed" to the import system.
UNWANTED = ("httpx._main",)


def main(module: str, *words: str) -> None:
    our_logging.set_up()
    sys.argv = [module, *words]
    sys.modules.update(dict.fromkeys(UNWANTED))  # type: ignore[arg-type]
    ended = import_module(module).main()
    if inspect.iscoroutine(ended):
        asyncio.run(ended)


if __name__ == "__main__":
    main(*sys.argv[1:])
