"""What actions reach for. Set once by the process that serves them, looked up when an action runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo

from onethread.knowledge import KnowledgePort
from onethread.orders import OrdersPort

from .guesses import Guesses


@dataclass(frozen=True, slots=True)
class Dependencies:
    """The ports and settings of one action server."""

    orders: OrdersPort
    knowledge: KnowledgePort
    titles: Callable[[str], Mapping[str, str]]
    """Language -> intent -> title of its button."""
    proof_key: bytes
    """Signs what a conversation showed to know."""
    zone: tzinfo = UTC
    """The shop's time zone: what "today" is."""
    guesses: Guesses = field(default_factory=Guesses)
    clock: Callable[[], float] = field(default=time.time)
    """Seconds since 1970; only used when a message carries no time."""


class _Holder:
    current: Dependencies | None = None


def provide(dependencies: Dependencies) -> None:
    """Set what every action uses from now on."""
    _Holder.current = dependencies


def dependencies() -> Dependencies:
    """What `provide` set; raises `RuntimeError` before that."""
    if _Holder.current is None:
        raise RuntimeError("the action server was started without its dependencies")
    return _Holder.current
