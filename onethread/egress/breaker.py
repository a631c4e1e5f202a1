"""Step 5, policy: may this account be sent to just now, and how many at once?"""

from __future__ import annotations

from dataclasses import dataclass

FAILURES_TO_OPEN = 5
_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 60.0
_CREDENTIALS_PAUSE_S = 300.0


@dataclass(slots=True)
class Breaker:
    """One account's gate. Times are seconds of one monotonic clock, always given by the caller.

    Opens after five failures in a row; after a pause it lets a single send through (half open), whose end
    closes it or opens it for twice as long. Refused credentials shut it for five minutes at a time.
    """

    failures: int = 0
    shut_until: float = 0.0
    pause_s: float = _FIRST_PAUSE_S
    probing: bool = False
    open: bool = False

    def room(self, now: float, free: int) -> int:
        """How many sends may start now, of `free` slots."""
        if now < self.shut_until or self.probing:
            return 0
        return min(free, 1) if self.open else free

    def started(self) -> None:
        """A send was let through."""
        self.probing = self.open

    def answered(self) -> None:
        """The platform gave a clear answer, yes or no."""
        self.failures, self.pause_s, self.probing, self.open = 0, _FIRST_PAUSE_S, False, False

    def failed(self, now: float) -> bool:
        """The platform did not answer, or could not serve; True when this opens the gate."""
        self.failures += 1
        was_open, self.probing = self.open, False
        if self.failures < FAILURES_TO_OPEN:
            return False
        self.open = True
        self.shut_until = max(self.shut_until, now + self.pause_s)
        self.pause_s = min(_LONGEST_PAUSE_S, self.pause_s * 2)
        return not was_open

    def hold(self, until: float) -> None:
        """The platform asked this account to wait."""
        self.answered()
        self.shut_until = max(self.shut_until, until)

    def refuse(self, now: float) -> bool:
        """The credentials were refused; True the first time."""
        first = not self.open
        self.open, self.probing = True, False
        self.shut_until = now + _CREDENTIALS_PAUSE_S
        return first
