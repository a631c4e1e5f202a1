"""What the bot sent, in the shape of Telegram's Message object."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class SentMessage:
    """One message that the house had sent."""

    chat: int
    number: int
    text: str
    buttons: tuple[tuple[str, str], ...] = ()
    """Label and callback data, one a row."""
    at: int = field(default_factory=lambda: int(time.time()))

    def resource(self, bot: Mapping[str, object]) -> dict[str, object]:
        """Telegram's JSON of it."""
        found: dict[str, object] = {
            "message_id": self.number,
            "from": dict(bot),
            "chat": {"id": self.chat, "type": "private", "first_name": "Customer"},
            "date": self.at,
            "text": self.text,
        }
        if self.buttons:
            rows = [[{"text": label, "callback_data": data}] for label, data in self.buttons]
            found["reply_markup"] = {"inline_keyboard": rows}
        return found


def buttons_of(markup: str) -> tuple[tuple[str, str], ...]:
    """The inline keyboard of a request; raises ValueError on one that Telegram refuses."""
    if not markup:
        return ()
    keyboard: Any = json.loads(markup)
    found = tuple(
        (str(button["text"]), str(button["callback_data"]))
        for row in keyboard["inline_keyboard"]
        for button in row
    )
    if any(not label or not 1 <= len(data.encode()) <= 64 for label, data in found):
        raise ValueError("BUTTON_DATA_INVALID")
    return found
