"""What the contract suite must know of the web chat."""

from __future__ import annotations

import json

from connectors.contract import Address, WebhookRequest
from connectors.webchat.connector import build
from tests.connectors.contract.examples import Env, Examples

ENV = {"ONETHREAD_SECRET_KEY": "a-secret-key-of-32-characters-000"}


def _frame(env: Env, frame: dict[str, str]) -> WebhookRequest:
    door = build(env)
    assert door is not None
    return door.request("session-1", json.dumps({"id": "c1", **frame}).encode())


EXAMPLES = Examples(
    env=ENV,
    customer=Address("webchat", "default", "session-1"),
    secret="ONETHREAD_SECRET_KEY",
    proof="x-onethread-signature",
    says=lambda env, text: _frame(env, {"type": "message", "text": text}),
    taps=lambda env, button: _frame(env, {"type": "tap", "tap": button.tap}),
    covers=frozenset({"body", "x-onethread-address"}),
)
