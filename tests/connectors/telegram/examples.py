"""What the contract suite must know of Telegram's door."""

from __future__ import annotations

import json
from typing import Any

from connectors.contract import Address, Button, WebhookRequest
from tests.connectors.contract.examples import Env, Examples

from .door import ANA, ENV, message, request, update


def _says(env: Env, text: str) -> WebhookRequest:
    return request(update("message", message(text=text)), secret=env["TELEGRAM_SECRET_TOKEN"])


def _taps(env: Env, button: Button) -> WebhookRequest:
    asked = message(text="Which?", sender={"id": 4242, "is_bot": True, "first_name": "Shop"})
    pressed: dict[str, Any] = {
        "id": "4711",
        "from": ANA,
        "message": asked,
        "chat_instance": "1",
        "data": button.tap,
    }
    return request(update("callback_query", pressed), secret=env["TELEGRAM_SECRET_TOKEN"])


EXAMPLES = Examples(
    env=ENV,
    customer=Address("telegram", "default", "77"),
    secret="TELEGRAM_SECRET_TOKEN",
    proof="x-telegram-bot-api-secret-token",
    says=_says,
    taps=_taps,
    photo=lambda env: request(
        update("message", message(photo=[{"file_id": "f1", "width": 90, "height": 90}])),
        secret=env["TELEGRAM_SECRET_TOKEN"],
    ),
    covers=frozenset(),
    api="TELEGRAM_API_URL",
    taken=json.dumps({"ok": True, "result": message(text="hi")}).encode(),
    limited=(
        {},
        b'{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":7}}',
    ),
)
