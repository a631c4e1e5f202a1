"""Step "verify": Meta's signature over the raw bytes, and the handshake that opens a subscription.

developers.facebook.com/docs/graph-api/webhooks/getting-started, read 2026-11.
"""

from __future__ import annotations

import hmac
import re
from hashlib import sha256
from urllib.parse import parse_qs

from connectors.contract import SignatureInvalid, WebhookRequest

from .settings import Settings

_CHALLENGE = re.compile(r"[A-Za-z0-9_.~-]{1,256}")


def verify(request: WebhookRequest, settings: Settings) -> None:
    """Raises `SignatureInvalid` unless the app's secret signed these very bytes.

    Meta escapes slashes and all but ASCII: JSON parsed and written again has another signature.
    """
    secret = settings.app_secret.get_secret_value().encode()
    wanted = f"sha256={hmac.new(secret, request.body, sha256).hexdigest()}"
    given = request.headers.get("x-hub-signature-256", "")
    # A header may hold any byte; compare_digest refuses texts beyond ASCII.
    if not hmac.compare_digest(given.encode(errors="replace"), wanted.encode()):
        raise SignatureInvalid("the signature does not fit")


def handshake(request: WebhookRequest, settings: Settings) -> str:
    """The challenge to say back; raises `SignatureInvalid` for a wrong token, mode or an unsafe challenge."""
    query = parse_qs(request.query, keep_blank_values=True)
    token = _only(query, "hub.verify_token")
    challenge = _only(query, "hub.challenge")
    wanted = settings.verify_token.get_secret_value()
    known = hmac.compare_digest(token.encode(errors="replace"), wanted.encode())
    if not known or _only(query, "hub.mode") != "subscribe":
        raise SignatureInvalid("not a subscription with our token")
    if not _CHALLENGE.fullmatch(challenge):
        raise SignatureInvalid("the challenge is not one that Meta makes")
    return challenge


def _only(query: dict[str, list[str]], name: str) -> str:
    """The value of a parameter that is given once; else nothing."""
    values = query.get(name, [])
    return values[0] if len(values) == 1 else ""
