"""How long a dead process waits for its next start; pure."""

from dataclasses import dataclass

FIRST_S = 0.5
LONGEST_S = 30.0
STEADY_S = 60.0
"""A process that lived this long starts again as if it had never died."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """The deaths of one process in a row."""

    deaths: int = 0

    def after_death(self, lived_s: float) -> "Backoff":
        """The state after a death `lived_s` after its start."""
        return Backoff(1 if lived_s >= STEADY_S else self.deaths + 1)

    @property
    def wait_s(self) -> float:
        """Seconds to wait before the next start; doubles with each death."""
        return 0.0 if self.deaths == 0 else min(LONGEST_S, FIRST_S * 2.0 ** min(self.deaths - 1, 16))
