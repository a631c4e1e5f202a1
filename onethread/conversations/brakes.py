"""Stops two machines from texting each other for ever: pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from onethread.storage.threads import Recent

WINDOW = timedelta(hours=1)
MOST_REPLIES = 20
EQUAL_TEXTS = 3


def braked(recent: Recent, texts: Sequence[str]) -> str | None:
    """Why the bot must fall silent now, or None.

    `recent` is what happened at this address in the window since the bot owns the conversation; `texts` are
    the new messages, in order.
    """
    if recent.answered >= MOST_REPLIES:
        return "too many replies"
    heard = [_plain(text) for text in (*reversed(recent.heard), *texts)]
    equal = 1
    for before, after in pairwise(heard):
        equal = equal + 1 if before == after and after else 1
        if equal >= EQUAL_TEXTS:
            return "the same message again and again"
    return None


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
