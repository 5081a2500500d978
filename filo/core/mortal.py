"""Children that do not outlive their parent, even when it is killed outright."""

from __future__ import annotations

import ctypes
import os
import signal
from collections.abc import Callable

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def die_with_parent(order: signal.Signals) -> Callable[[], None]:
    """For `preexec_fn`: the kernel sends `order` to the child when its parent is gone."""
    parent = os.getpid()
    libc = ctypes.CDLL(None, use_errno=True)

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(order), 0, 0, 0)
        if os.getppid() != parent:
            os.kill(os.getpid(), order)

    return ask
