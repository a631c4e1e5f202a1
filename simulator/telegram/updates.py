"""The updates of what a customer does, in Telegram's shapes."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any


def user(key: int) -> dict[str, object]:
    """A person."""
    return {"id": key, "is_bot": False, "first_name": "Customer", "language_code": "en"}


def message(sender: int, number: int, content: Mapping[str, Any]) -> dict[str, object]:
    """A message in the private chat with the bot; `content`: its text, photo .."""
    return {
        "message": {
            "message_id": number,
            "from": user(sender),
            "chat": {"id": sender, "type": "private", "first_name": "Customer"},
            "date": int(time.time()),
            **content,
        }
    }


def tap(sender: int, query: str, under: Mapping[str, object], data: str) -> dict[str, object]:
    """A press of a button under a message of the bot."""
    return {
        "callback_query": {
            "id": query,
            "from": user(sender),
            "message": dict(under),
            "chat_instance": str(sender),
            "data": data,
        }
    }


def membership(sender: int, bot: Mapping[str, object], *, blocked: bool) -> dict[str, object]:
    """The person blocked the bot, or let it in again."""
    before, after = ("member", "kicked") if blocked else ("kicked", "member")
    until = {"kicked": {"until_date": 0}, "member": {}}
    return {
        "my_chat_member": {
            "chat": {"id": sender, "type": "private", "first_name": "Customer"},
            "from": user(sender),
            "date": int(time.time()),
            "old_chat_member": {"user": dict(bot), "status": before, **until[before]},
            "new_chat_member": {"user": dict(bot), "status": after, **until[after]},
        }
    }
