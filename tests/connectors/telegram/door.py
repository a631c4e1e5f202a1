"""Builders: a door, and updates as Telegram makes them."""

from __future__ import annotations

import json
from typing import Any

from connectors.contract import WebhookRequest
from connectors.telegram.connector import Telegram

ENV = {
    "TELEGRAM_BOT_TOKEN": "4242:AAtesttokenthatisnotone_0123456789",
    "TELEGRAM_SECRET_TOKEN": "a-secret_Token-1",
}
URL = "https://shop.example/webhooks/telegram/default"
ANA: dict[str, Any] = {
    "id": 77,
    "is_bot": False,
    "first_name": "Ana",
    "last_name": "Pop",
    "language_code": "ro",
}


def door(**changes: str) -> Telegram:
    built = Telegram.from_env(ENV | changes)
    assert built is not None
    return built


def request(body: bytes | dict[str, Any], *, secret: str | None = "a-secret_Token-1") -> WebhookRequest:
    headers = {"content-type": "application/json"}
    if secret is not None:
        headers["x-telegram-bot-api-secret-token"] = secret
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return WebhookRequest("POST", URL, "default", "", headers, raw)


def update(what: str, inner: object, number: int = 9001) -> dict[str, Any]:
    return {"update_id": number, what: inner}


def message(*, sender: dict[str, Any] | None = None, **content: Any) -> dict[str, Any]:
    """A message of Ana in her chat with the bot."""
    return {
        "message_id": 5,
        "from": sender or ANA,
        "chat": {"id": 77, "type": "private", "first_name": "Ana"},
        "date": 1_790_000_000,
        **content,
    }
