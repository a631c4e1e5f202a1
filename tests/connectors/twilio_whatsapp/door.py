"""Builders: a door, and requests as Twilio makes them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

from connectors.contract import WebhookRequest
from connectors.twilio_whatsapp.connector import TwilioWhatsApp

ENV = {
    "TWILIO_ACCOUNT_SID": "AC" + "1" * 32,
    "TWILIO_AUTH_TOKEN": "current-token",
    "TWILIO_AUTH_TOKEN_PREVIOUS": "former-token",
    "TWILIO_WHATSAPP_FROM": "whatsapp:+15550009001",
    "ONETHREAD_PUBLIC_URL": "https://shop.example/",
}
URL = "https://shop.example/webhooks/twilio_whatsapp/default"
PAYLOADS = Path(__file__).parent / "payloads"


def door(**changes: str) -> TwilioWhatsApp:
    built = TwilioWhatsApp.from_env(ENV | changes)
    assert built is not None
    return built


def request(fields: Mapping[str, str] | bytes, *, url: str = URL, signature: str = "") -> WebhookRequest:
    body = fields if isinstance(fields, bytes) else urlencode(fields).encode()
    return WebhookRequest(
        method="POST",
        url=url,
        account="default",
        query=url.partition("?")[2],
        headers={"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature},
        body=body,
    )


def payload(name: str) -> bytes:
    return (PAYLOADS / f"{name}.form").read_bytes().strip()
