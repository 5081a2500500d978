"""One process of the house: `python -m filo.project.launch filo.intake.pipeline` runs its `main`.

The parts stand below this one: they log and end as they are told here, and know nothing of it.
"""

from __future__ import annotations

import asyncio
import gc
import inspect
import sys
from importlib import import_module
from importlib.util import find_spec

from filo.project import logging as our_logging

# httpx imports its command line where click and rich happen to be there: five megabytes a process
# for what none of ours calls. httpcore looks for sniffio at every call, and finds it nowhere: a
# sixteenth of the sender's time. A name that maps to None is "not installed" to the import system.
UNWANTED = ("httpx._main", *(name for name in ("sniffio",) if find_spec(name) is None))
YOUNG = 10_000  # new objects between two looks of the collector; 700 is meant for small programs


def main(module: str, *words: str) -> None:
    our_logging.set_up()
    sys.argv = [module, *words]
    sys.modules.update(dict.fromkeys(UNWANTED))  # type: ignore[arg-type]
    loaded = import_module(module)
    settle()
    ended = loaded.main()
    if inspect.iscoroutine(ended):
        asyncio.run(ended)


def settle() -> None:
    """What is loaded stays for good: the garbage collector need not walk through it again.

    A full look at all of Django takes a tenth of a second, in which nobody is answered.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)


if __name__ == "__main__":
    main(*sys.argv[1:])
