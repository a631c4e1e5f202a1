"""Step 5, policy: how long to wait before trying a send again."""

from __future__ import annotations

from datetime import timedelta

LONGEST_S = 60.0
_JITTER = 0.25
LIFETIME = timedelta(hours=24)
"""An answer older than this helps nobody: it fails, and a person sees it."""


def retry_delay(
    attempt: int,
    chance: float,
    *,
    at_least: float = 0.0,
    growth: float = 2.0,
    at_most: float = LONGEST_S,
) -> float:
    """Seconds after the `attempt`th failed try (1, 2, 3 ..): 1, 2, 4 .. 60, and up to a quarter more.

    `chance` in [0, 1) spreads the retries of many rows. `at_least` is what the platform asked for; `growth`:
    each wait is so many times the last one, up to `at_most`.
    """
    base = min(at_most, growth ** min(attempt - 1, 10))
    return max(base, at_least) * (1 + _JITTER * chance)
