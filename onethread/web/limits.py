"""How much one peer may ask for: buckets, windows and counters with the clock as an argument. Pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field


@dataclass(slots=True)
class Bucket:
    """`burst` at once, then `per_s` a second. Starts full at `at` (seconds of any monotonic clock)."""

    per_s: float
    burst: float
    at: float
    level: float = field(init=False)

    def __post_init__(self) -> None:
        self.level = self.burst

    def take(self, now: float) -> bool:
        """Whether one more is allowed at `now`."""
        self.level = min(self.burst, self.level + max(0.0, now - self.at) * self.per_s)
        self.at = now
        if self.level < 1.0:
            return False
        self.level -= 1.0
        return True


@dataclass(slots=True)
class Window:
    """At most `most` in any `length_s` seconds."""

    most: int
    length_s: float
    taken: deque[float] = field(default_factory=deque)

    def take(self, now: float) -> bool:
        """Whether one more is allowed at `now`."""
        while self.taken and now - self.taken[0] >= self.length_s:
            self.taken.popleft()
        if len(self.taken) >= self.most:
            return False
        self.taken.append(now)
        return True


class Windows:
    """One window per key; empty ones are forgotten, and never more than `keys_max` are kept."""

    def __init__(self, most: int, length_s: float, *, keys_max: int = 20_000) -> None:
        self._most = most
        self._length_s = length_s
        self._keys_max = keys_max
        self._windows: dict[str, Window] = {}

    def take(self, key: str, now: float) -> bool:
        """Whether `key` may do one more thing at `now`."""
        window = self._windows.get(key)
        if window is None:
            if len(self._windows) >= self._keys_max:
                self._forget(now)
            window = self._windows[key] = Window(self._most, self._length_s)
        return window.take(now)

    def clear(self, key: str) -> None:
        """Starts `key` anew."""
        self._windows.pop(key, None)

    def _forget(self, now: float) -> None:
        kept = {k: w for k, w in self._windows.items() if w.taken and now - w.taken[-1] < self._length_s}
        while len(kept) >= self._keys_max:
            kept.pop(next(iter(kept)))
        self._windows = kept


class Counts:
    """How many of something each key holds at this moment, up to `most`."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: dict[str, int] = {}

    def enter(self, key: str) -> bool:
        """Takes a place for `key`; False when it has all it may have."""
        held = self._held.get(key, 0)
        if held >= self._most:
            return False
        self._held[key] = held + 1
        return True

    def leave(self, key: str) -> None:
        """Gives a place back."""
        held = self._held.get(key, 0) - 1
        if held > 0:
            self._held[key] = held
        else:
            self._held.pop(key, None)


class Lines:
    """Of lines that say the same, `most` in any `length_s` seconds; the next one counts those left out."""

    def __init__(self, most: int, length_s: float) -> None:
        self._windows = Windows(most, length_s)
        self._left_out: dict[str, int] = {}

    def take(self, key: str, now: float) -> int | None:
        """How many were left out before this one; None: this one is left out too."""
        if self._windows.take(key, now):
            return self._left_out.pop(key, 0)
        self._left_out[key] = self._left_out.get(key, 0) + 1
        return None
