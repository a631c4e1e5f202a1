"""Named places where a crash test may kill this process, as `kill -9` would."""

from __future__ import annotations

import os
import signal

VARIABLE = "ONETHREAD_CRASH_AT"
POINTS = frozenset(
    {
        "ingress.before_commit",
        "ingress.after_commit",
        "lane.before_turn",
        "lane.after_turn_before_commit",
        "lane.after_commit",
        "sender.before_request",
        "sender.after_accept",
    }
)


def crash_at(point: str) -> None:
    """Die here if ONETHREAD_CRASH_AT names this point; otherwise do nothing."""
    if os.environ.get(VARIABLE) == point:
        os.kill(os.getpid(), signal.SIGKILL)
