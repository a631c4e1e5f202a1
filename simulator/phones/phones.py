"""Which phones a person has, and what each shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.platform import Platform
from simulator.threads import Thread

from .people import Person


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of phone and the fake behind it."""

    key: str
    """sms, whatsapp, whatsapp_twilio, telegram."""
    platform: Platform[Any]
    address: str
    """The shop's own number or name there."""

    def customer(self, person: Person) -> str:
        """The person's key at the platform."""
        if self.key == "telegram":
            return person.telegram
        return f"whatsapp:{person.phone}" if self.key == "whatsapp_twilio" else person.phone

    def shown(self, person: Person) -> dict[str, object]:
        """The phone as it is now; seconds count from now, whatever the platform's clock says."""
        key = self.customer(person)
        thread = self.platform.threads.get(key) or Thread(key)
        now = self.platform.clock()
        window = thread.window_until
        return thread.shown() | {
            "person": person.key,
            "line": self.key,
            "typing_for_s": max(0.0, thread.typing_until - now),
            "window_for_s": None if window is None else max(0.0, window - now),
        }

    def about(self) -> Mapping[str, str]:
        """For the page."""
        return {"key": self.key, "platform": self.platform.name, "address": self.address}
