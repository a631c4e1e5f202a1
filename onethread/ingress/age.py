"""Step 1, policy: how old a message may be and still be news. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

OLDEST = timedelta(days=7)
"""No platform delivers later than this (Meta gives up after 7 days, Telegram after one)."""


def is_stale(said_at: datetime | None, now: datetime) -> bool:
    """Whether this was said too long ago to be answered; never, when the platform does not say when."""
    return said_at is not None and now - said_at > OLDEST
