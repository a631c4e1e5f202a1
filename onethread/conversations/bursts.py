"""Chooses which waiting messages form the next turn: pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from onethread.ingress.words import asks_to_stop
from onethread.storage.inbox import Pending

MAX_CHARACTERS = 1_000
"""Rasa is never given more; a longer single message is cut for it, and kept whole in the thread."""


def next_burst(rows: Sequence[Pending], is_choice: Callable[[Pending], bool]) -> list[Pending]:
    """The oldest row and the plain texts right behind it from the same address, within the limit."""
    if not rows:
        return []
    burst = [rows[0]]
    if not _joins(rows[0]) or is_choice(rows[0]):
        return burst
    length = len(rows[0].text)
    for row in rows[1:]:
        length += 1 + len(row.text)
        if (
            row.address_id != rows[0].address_id
            or not _joins(row)
            or length > MAX_CHARACTERS
            or is_choice(row)
        ):
            break
        burst.append(row)
    return burst


def joined(rows: Sequence[Pending]) -> str:
    """What Rasa reads: the texts, one a line."""
    return "\n".join(row.text for row in rows)[:MAX_CHARACTERS]


def _joins(row: Pending) -> bool:
    # A row that failed before is tried alone: what came later must not share its fate.
    return (
        row.kind == "text"
        and row.tap is None
        and row.consent is None
        and row.failed_since is None
        and row.attempts <= 1
        and not row.content.get("silent")
        and not asks_to_stop(row.text)
    )
