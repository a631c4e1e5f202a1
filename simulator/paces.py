"""How fast a platform lets the house write to one customer, when it is told to mind."""

from __future__ import annotations

from collections.abc import Callable


class Paces:
    """A bucket per customer: one message each `every_s`, `burst` at once; off until `set`."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._every_s = 0.0
        self._burst = 1
        self._empty_at: dict[str, float] = {}
        """When a customer's bucket has drained."""

    def set(self, every_s: float, burst: int = 1) -> None:
        """Mind from now on; `every_s` 0: no more."""
        self._every_s, self._burst = max(every_s, 0.0), max(burst, 1)
        self._empty_at.clear()

    def wait_s(self, key: str) -> float:
        """0.0: taken now. Else seconds until the next message to this customer is taken."""
        if not self._every_s:
            return 0.0
        now = self._clock()
        empty_at = max(self._empty_at.get(key, now), now)
        over = empty_at + self._every_s - now - self._burst * self._every_s
        if over > 1e-9:
            return over
        self._empty_at[key] = empty_at + self._every_s
        return 0.0
