"""What the bot sent, in the shape of Telegram's Message object."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.threads import Attachment, Bubble, Choice, Side

FILES = "/telegram/control/files?id="
"""Where the page finds a file that Telegram holds."""


@dataclass(slots=True)
class SentMessage:
    """One message that the house had sent."""

    chat: int
    number: int
    text: str
    buttons: tuple[tuple[str, str], ...] = ()
    """Label and callback data, one a row."""
    file: Attachment | None = None
    at: int = field(default_factory=lambda: int(time.time()))
    status: str = "sent"
    """Telegram tells no more."""
    error_code: int | None = None

    def resource(self, bot: Mapping[str, object]) -> dict[str, object]:
        """Telegram's JSON of it."""
        found: dict[str, object] = {
            "message_id": self.number,
            "from": dict(bot),
            "chat": {"id": self.chat, "type": "private", "first_name": "Customer"},
            "date": self.at,
        }
        if self.file is None:
            found["text"] = self.text
        else:
            found |= {"caption": self.text} if self.text else {}
            held = {"file_id": self.file.url, "file_unique_id": "u1"}
            found |= _sizes(held) if self.file.kind == "image" else {"document": held}
        if self.buttons:
            rows = [[{"text": label, "callback_data": data}] for label, data in self.buttons]
            found["reply_markup"] = {"inline_keyboard": rows}
        return found

    def bubble(self) -> Bubble:
        """As the phone shows it."""
        return Bubble(
            Side.IN,
            self.text,
            id=str(self.number),
            state=self.status,
            at=float(self.at),
            choices=tuple(Choice(data, label) for label, data in self.buttons),
            attachments=(self.file,) if self.file else (),
        )


def _sizes(held: Mapping[str, str]) -> dict[str, object]:
    return {"photo": [{**held, "width": 90, "height": 90}]}


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
