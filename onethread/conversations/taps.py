"""Recognises a choice: a tapped button, its number typed, or its label typed back. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from onethread.storage.threads import Spoken

_TAP = re.compile(r"m(\d{1,18})\.(\d{1,2})")
_PAYLOAD = re.compile(r"/([A-Za-z_][\w+.-]*)(\{.*\})?\s*", re.DOTALL)
_NUMBER = re.compile(r"\s*(\d{1,2})\s*[.)]?\s*")


@dataclass(frozen=True, slots=True)
class Choice:
    """What the customer chose; `parse_data` is None when the button only repeats its label."""

    title: str
    parse_data: Mapping[str, Any] | None


def tap_place(tap: str) -> tuple[int, int] | None:
    """The message's number and the button's number of a tap id; None when the house did not mint it."""
    match = _TAP.fullmatch(tap)
    return None if match is None else (int(match[1]), int(match[2]))


def chosen_by_tap(spoken: Spoken | None, number: int) -> Choice | None:
    """The button of this number, if that message has one."""
    if spoken is None or not 1 <= number <= len(spoken.buttons):
        return None
    return _choice(spoken.buttons[number - 1])


def chosen_by_text(text: str, shown: Sequence[Spoken]) -> Choice | None:
    """The button whose number or label this text is, among those the bot showed last."""
    buttons = next((spoken.buttons for spoken in reversed(shown) if spoken.buttons), ())
    if not buttons:
        return None
    for button in buttons:
        if _plain(button["title"]) == _plain(text):
            return _choice(button)
    typed = _NUMBER.fullmatch(text)
    if typed and 1 <= int(typed[1]) <= len(buttons):
        return _choice(buttons[int(typed[1]) - 1])
    return None


def _choice(button: Mapping[str, str]) -> Choice:
    return Choice(button["title"], parse_payload(button.get("payload", "")))


def parse_payload(payload: str) -> dict[str, Any] | None:
    """`/intent{"entity": "value"}` as understood data; None for anything else."""
    match = _PAYLOAD.fullmatch(payload)
    if match is None:
        return None
    try:
        entities = json.loads(match[2]) if match[2] else {}
    except ValueError:
        return None
    return {
        "intent": {"name": match[1]},
        "entities": [{"entity": str(name), "value": value} for name, value in entities.items()],
    }


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold().rstrip(".!?")
