"""Meta's own requests to the house: JSON escaped and signed as Meta does it."""

from __future__ import annotations

import hmac
import json
import time
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from simulator.posting import SignedWebhook

from .messages import SentMessage

Json = dict[str, Any]


def sign(url: str, payload: object, app_secret: str) -> SignedWebhook:
    """A post as Meta makes it: all but ASCII and every slash are escaped, and these bytes are signed."""
    body = json.dumps(payload, separators=(",", ":")).replace("/", "\\/").encode()
    return sign_bytes(url, body, app_secret)


def sign_bytes(url: str, body: bytes, app_secret: str) -> SignedWebhook:
    """These very bytes, signed."""
    signature = hmac.new(app_secret.encode(), body, sha256).hexdigest()
    return SignedWebhook(
        url=url,
        headers={
            "Content-Type": "application/json",
            "X-Hub-Signature-256": f"sha256={signature}",
            "User-Agent": "facebookexternalua",
        },
        body=body,
    )


def batch(number_id: str, values: Sequence[Json]) -> Json:
    """One request of several changes, all of one number."""
    metadata = {"display_phone_number": "15550009000", "phone_number_id": number_id}
    return {
        "object": "whatsapp_business_account",
        "entry": [
            {
                "id": "100000000000001",
                "changes": [
                    {
                        "value": {"messaging_product": "whatsapp", "metadata": metadata, **value},
                        "field": "messages",
                    }
                    for value in values
                ],
            }
        ],
    }


def message_value(sender: str, said: Mapping[str, object], *, message_id: str, name: str) -> Json:
    """What a person sent; `sender` is a number with plus, or a person's id of this business."""
    number = sender.removeprefix("+")
    person: Json = {"wa_id": number} if sender.startswith("+") else {"user_id": sender}
    named: Json = {"from": number} if sender.startswith("+") else {"from_user_id": sender}
    return {
        "contacts": [{"profile": {"name": name}, **person}],
        "messages": [{**named, "id": message_id, "timestamp": str(int(time.time())), **said}],
    }


def status_value(message: SentMessage, status: str) -> Json:
    """What became of a message."""
    told: Json = {
        "id": message.id,
        "status": status,
        "timestamp": str(int(time.time())),
        "recipient_id": message.to,
    }
    if message.oid:
        told["biz_opaque_callback_data"] = message.oid
    if status == "failed":
        code = message.error_code or 131000
        told["errors"] = [
            {"code": code, "title": "Message undeliverable", "message": "Message undeliverable"}
        ]
    return {"statuses": [told]}
