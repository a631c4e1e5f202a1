"""Recorded webhook bodies by door, signed as their platform signs, and how many elements each holds."""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from twilio.request_validator import RequestValidator

from connectors.contract import WebhookRequest

ENV = {
    "TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000001",
    "TWILIO_AUTH_TOKEN": "a-token-of-a-test",
    "TWILIO_SMS_FROM": "+15550009000",
    "TWILIO_WHATSAPP_FROM": "+15550009001",
    "WHATSAPP_PHONE_NUMBER_ID": "100000000000009",
    "WHATSAPP_ACCESS_TOKEN": "an-access-token",
    "WHATSAPP_APP_SECRET": "an-app-secret",
    "WHATSAPP_VERIFY_TOKEN": "a-verify-token",
    "TELEGRAM_BOT_TOKEN": "4242:AAtesttokenthatisnotone_0123456789",
    "TELEGRAM_SECRET_TOKEN": "a-secret_Token-1",
}
VECTORS = "signature_vectors.json"
_LISTS = (
    *("messages", "statuses", "calls", "user_preferences", "user_id_update"),
    *("message_echoes", "state_sync", "history", "groups"),
)


@dataclass(frozen=True, slots=True)
class Payload:
    """One file: a webhook's body. The folder names the door."""

    path: Path

    @property
    def connector(self) -> str:
        return self.path.parent.name

    @property
    def name(self) -> str:
        return f"{self.connector}/{self.path.name}"

    @property
    def body(self) -> bytes:
        raw = self.path.read_bytes()
        return raw.strip() if self.path.suffix == ".form" else raw

    def request(self, public_url: str) -> WebhookRequest:
        """The webhook, signed."""
        url = f"{public_url}/webhooks/{self.connector}/default"
        return WebhookRequest(
            "POST", url, "default", "", signature(self.connector, url, self.body), self.body
        )

    def elements(self) -> int:
        """How many things it tells, counted without the product's parsers."""
        if self.connector != "whatsapp_cloud":
            return 1
        entries = json.loads(self.body)["entry"]
        return sum(_elements(change["value"]) for entry in entries for change in entry["changes"])


def signature(connector: str, url: str, body: bytes) -> Mapping[str, str]:
    """The headers with which this platform posts this body to this address."""
    if connector == "telegram":
        secret = ENV["TELEGRAM_SECRET_TOKEN"]
        return {"content-type": "application/json", "x-telegram-bot-api-secret-token": secret}
    if connector == "whatsapp_cloud":
        digest = hmac.new(ENV["WHATSAPP_APP_SECRET"].encode(), body, sha256).hexdigest()
        return {"content-type": "application/json", "x-hub-signature-256": f"sha256={digest}"}
    fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
    return {
        "content-type": "application/x-www-form-urlencoded",
        "x-twilio-signature": RequestValidator(ENV["TWILIO_AUTH_TOKEN"]).compute_signature(url, fields),
    }


def _elements(value: Mapping[str, Any]) -> int:
    # Only beside a number's messages errors are events of their own.
    names = (*_LISTS, "errors") if "metadata" in value else _LISTS
    return sum(len(value.get(name, ())) for name in names) or 1


def folders() -> list[Path]:
    """Our own, and one more that `ONETHREAD_PAYLOADS` may name."""
    more = os.environ.get("ONETHREAD_PAYLOADS")
    return [Path(__file__).parent, *([Path(more)] if more else [])]


def payloads() -> list[Payload]:
    """Every recorded body."""
    found = [path for folder in folders() for path in sorted(folder.glob("*/*"))]
    return [Payload(path) for path in found if path.suffix in (".json", ".form") and path.name != VECTORS]


@dataclass(frozen=True, slots=True)
class Vector:
    """A request that somebody else signed, with the secret it was signed with."""

    connector: str
    secret: str
    request: WebhookRequest
    valid: bool
    name: str


def vectors() -> Iterator[Vector]:
    """Every signature vector."""
    for folder in folders():
        for path in sorted(folder.glob(f"*/{VECTORS}")):
            for number, row in enumerate(json.loads(path.read_bytes())):
                yield _vector(path, number, row)


def _vector(path: Path, number: int, row: Mapping[str, Any]) -> Vector:
    connector, valid = path.parent.name, row.get("valid", True) is True
    name = f"{connector} {row.get('name') or row.get('note') or number}"
    if "x_hub_signature_256" in row:
        headers = {"x-hub-signature-256": str(row["x_hub_signature_256"])}
        request = WebhookRequest("POST", "", "default", "", headers, str(row["body"]).encode())
        return Vector(connector, str(row["app_secret"]), request, valid, name)
    url = str(row["url"])
    headers = {"x-twilio-signature": str(row["signature"])}
    if "body" in row:
        headers["content-type"] = "application/json"
        body = str(row["body"]).encode()
    else:
        headers["content-type"] = "application/x-www-form-urlencoded"
        body = _form(row)
    request = WebhookRequest("POST", url, "default", urlsplit(url).query, headers, body)
    return Vector(connector, str(row["auth_token"]), request, valid, name)


def _form(row: Mapping[str, Any]) -> bytes:
    given = row.get("params") or row.get("params_list") or ()
    pairs = list(given.items()) if isinstance(given, Mapping) else [(key, value) for key, value in given]
    return urlencode(pairs).encode()
