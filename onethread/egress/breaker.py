"""Step 5, policy: may this account be sent to just now, and how many at once?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

FAILURES_TO_OPEN = 5
_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 60.0

Account = tuple[str, str]
"""Connector and account."""


@dataclass(slots=True)
class Breaker:
    """One account's gate. Times are seconds of one monotonic clock, always given by the caller.

    Opens after five failures in a row; after a pause it lets a single send through (half open), whose end
    closes it or opens it for twice as long. A refused account is shut until a single send may try again.
    """

    failures: int = 0
    open: bool = False
    refused: bool = False
    probing: bool = False
    pause_s: float = _FIRST_PAUSE_S
    paused_until: float = 0.0
    held_until: float = 0.0

    def room(self, now: float, free: int) -> int:
        """How many sends may start now, of `free` slots."""
        if now < max(self.paused_until, self.held_until) or self.probing:
            return 0
        return min(free, 1) if self.open else free

    def started(self) -> None:
        """A send was let through."""
        self.probing = self.open

    def answered(self) -> None:
        """The platform gave a clear answer, yes or no, now or by a late echo."""
        self.failures, self.open, self.refused, self.probing = 0, False, False, False
        self.pause_s, self.paused_until = _FIRST_PAUSE_S, 0.0

    def failed(self, now: float) -> bool:
        """The platform did not answer, or could not serve; True when this opens the gate.

        Of the sends that were on their way when it opened, none makes the pause longer: only the probe does.
        """
        self.failures += 1
        if self.failures < FAILURES_TO_OPEN or (self.open and not self.probing):
            return False
        opens = not self.open
        self.open, self.probing = True, False
        self.paused_until = now + self.pause_s
        self.pause_s = min(_LONGEST_PAUSE_S, self.pause_s * 2)
        return opens

    def hold(self, until: float) -> None:
        """The platform asked this account to wait."""
        self.answered()
        self.held_until = max(self.held_until, until)

    def pace(self, until: float) -> None:
        """The account's own pace: nothing starts before that, and nothing is known of the platform."""
        self.held_until = max(self.held_until, until)

    def refuse(self, now: float, seconds: float) -> None:
        """The platform refuses the account; a single send may try again in so many seconds."""
        self.open, self.refused, self.probing = True, True, False
        self.paused_until = max(self.paused_until, now + seconds)


Gates = Mapping[Account, Breaker]
