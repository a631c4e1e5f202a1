"""What all sockets of one web chat share: the house, who is on line, and what each session may still send."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from connectors.webchat.connector import WebchatConnector
from onethread.app import House
from onethread.web.limits import Bucket, Window
from onethread.web.metrics import WebMetrics

from .feed import Feed
from .sessions import Sessions

_ALLOWANCES_MAX = 10_000
_FULL_S = 60.0


@dataclass(slots=True)
class Allowance:
    """What one session may send, over all its tabs: 1 a second, 5 at once, 60 a minute."""

    steady: Bucket
    minute: Window = field(default_factory=lambda: Window(60, 60.0))

    def take(self, now: float) -> bool:
        """Whether one more message is allowed at `now`."""
        return self.steady.take(now) and self.minute.take(now)


@dataclass(frozen=True, slots=True)
class Room:
    """What all sockets of one web chat share."""

    house: House
    connector: WebchatConnector
    sessions: Sessions
    feed: Feed
    metrics: WebMetrics
    allowances: dict[str, Allowance] = field(default_factory=dict)
    open_sockets: dict[str, int] = field(default_factory=dict)
    sockets_per_session: int = 5
    clock: Callable[[], float] = time.monotonic

    def enter(self, address_key: str) -> bool:
        """A socket of this session opens; False: it has all the sockets it may have."""
        held = self.open_sockets.get(address_key, 0)
        if held >= self.sockets_per_session:
            return False
        self.open_sockets[address_key] = held + 1
        return True

    def leave(self, address_key: str) -> None:
        """A socket that entered is closed."""
        self.open_sockets[address_key] -= 1
        if self.open_sockets[address_key] == 0:
            del self.open_sockets[address_key]
            self._forget_full()

    def allowance(self, address_key: str) -> Allowance:
        """What this session may send; all its sockets share it."""
        return self.allowances.setdefault(address_key, Allowance(Bucket(1.0, 5.0, self.clock())))

    def _forget_full(self) -> None:
        # An allowance outlives its sockets (reconnecting must not refill it), but not for ever.
        if len(self.allowances) > _ALLOWANCES_MAX:
            now = self.clock()
            for key in [k for k, a in self.allowances.items() if now - a.steady.at > _FULL_S]:
                if key not in self.open_sockets:
                    del self.allowances[key]
