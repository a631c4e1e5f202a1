"""A door whose platform keeps a list of what it received for us, as Twilio does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.contract import InboundMessage, Missed, SendError
from tests.fakes.connector import FakeConnector, signed


@dataclass
class ListingConnector(FakeConnector):
    """`received` is the platform's list; `faults` are raised first, one a question."""

    received: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    faults: list[SendError] = field(default_factory=list)
    asked: list[float] = field(default_factory=list)

    def receive(self, at: float, **row: Any) -> None:
        """The platform got a message at this time."""
        self.received.append((at, row))

    async def list_inbound(self, since: float) -> Sequence[Missed]:
        self.asked.append(since)
        if self.faults:
            raise self.faults.pop(0)
        return [self._missed(at, row) for at, row in self.received if at >= since]

    def _missed(self, at: float, row: dict[str, Any]) -> Missed:
        request = signed(row | {"at": at})
        (message,) = self.parse(request)
        assert isinstance(message, InboundMessage)
        return Missed(message, request.body)
