"""Spares customers the wait for an action that is known to be down: after five failures it fails at once."""

from typing import Dict

FAILURES = 5
REST_S = 10.0


class Breaker:
    """Counts failures in a row for each action. Pure: the caller brings the time, in seconds."""

    def __init__(self) -> None:
        self._failures: Dict[str, int] = {}
        self._closed_until: Dict[str, float] = {}

    def allows(self, name: str, now: float) -> bool:
        """Whether this action may be called. After a rest one call is let through to see if it is back."""
        if self._failures.get(name, 0) < FAILURES:
            return True
        if now < self._closed_until[name]:
            return False
        self._closed_until[name] = now + REST_S
        return True

    def failed(self, name: str, now: float) -> None:
        """A call of this action got no usable answer."""
        self._failures[name] = self._failures.get(name, 0) + 1
        self._closed_until[name] = now + REST_S

    def worked(self, name: str) -> None:
        """A call of this action was answered."""
        self._failures.pop(name, None)
        self._closed_until.pop(name, None)
