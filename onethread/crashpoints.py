"""Named places where a crash test may kill this process, as `kill -9` would."""

from __future__ import annotations

import os
import signal
from pathlib import Path

VARIABLE = "ONETHREAD_CRASH_AT"
"""A point's name: die there each time. A folder: die once for each file in it that is named like a point."""
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
"""On the walk of every message."""
BESIDE = frozenset({"identity.merge.halfway", "identity.undo.halfway"})
"""In jobs, beside the walk."""


def crash_at(point: str) -> None:
    """Die here if ONETHREAD_CRASH_AT says so; otherwise do nothing."""
    where = os.environ.get(VARIABLE)
    if where is None:
        return
    if where == point or (where.startswith("/") and _disarm(Path(where) / point)):
        os.kill(os.getpid(), signal.SIGKILL)


def _disarm(charge: Path) -> bool:
    """Take the file away; only one process can."""
    try:
        charge.unlink()
    except FileNotFoundError:
        return False
    return True
