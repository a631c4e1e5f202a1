"""Builders: a door, and requests as Meta makes them."""

from __future__ import annotations

import hmac
import json
from hashlib import sha256
from typing import Any

from connectors.contract import WebhookRequest
from connectors.whatsapp_cloud.connector import WhatsAppCloud

NUMBER = "100000000000009"
OTHER_NUMBER = "100000000000010"
ENV = {
    "WHATSAPP_PHONE_NUMBER_ID": NUMBER,
    "WHATSAPP_ACCESS_TOKEN": "an-access-token",
    "WHATSAPP_APP_SECRET": "an-app-secret",
    "WHATSAPP_VERIFY_TOKEN": "a-verify-token",
}
URL = "https://shop.example/webhooks/whatsapp_cloud/default"
ANN = {"profile": {"name": "Ann Example"}, "wa_id": "15551230001", "user_id": "US.1000000000000001"}

Json = dict[str, Any]


def door(**changes: str) -> WhatsAppCloud:
    built = WhatsAppCloud.from_env(ENV | changes)
    assert built is not None
    return built


def request(body: object, *, secret: str = "an-app-secret", signature: str | None = None) -> WebhookRequest:
    """A signed request; bytes are taken as they are, all else as Meta writes JSON."""
    raw = body if isinstance(body, bytes) else written(body)
    given = signature if signature is not None else f"sha256={_hex(secret, raw)}"
    return WebhookRequest("POST", URL, "default", "", {"x-hub-signature-256": given} if given else {}, raw)


def written(body: object) -> bytes:
    """JSON as Meta writes it: nothing but ASCII, slashes escaped."""
    return json.dumps(body, separators=(",", ":")).replace("/", "\\/").encode()


def message(kind: str, content: object = None, *, contact: Json | None = None, **more: Any) -> Json:
    """One message of Ann, or of another contact, in the shape of `value.messages[]`."""
    said: Json = {"id": f"wamid.{kind}", "timestamp": "1790000000", "type": kind}
    person = ANN if contact is None else contact
    if "wa_id" in person:
        said["from"] = person["wa_id"]
    if "user_id" in person:
        said["from_user_id"] = person["user_id"]
    if content is not None:
        said[kind] = content
    return said | more


def value(*, number: str = NUMBER, contacts: tuple[Json, ...] = (ANN,), **lists: object) -> Json:
    metadata = {"display_phone_number": "15550009000", "phone_number_id": number}
    return {"messaging_product": "whatsapp", "metadata": metadata, "contacts": list(contacts), **lists}


def envelope(*values: object, field: str = "messages", time: int = 1790000000) -> Json:
    changes = [{"value": one, "field": field} for one in values]
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "time": time, "changes": changes}],
    }


def _hex(secret: str, raw: bytes) -> str:
    return hmac.new(secret.encode(), raw, sha256).hexdigest()
