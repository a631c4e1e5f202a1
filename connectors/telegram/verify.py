"""Step "verify": the secret that Telegram repeats in the header of every webhook."""

from __future__ import annotations

import hmac

from connectors.contract import SignatureInvalid, WebhookRequest

from .settings import Settings

_HEADER = "x-telegram-bot-api-secret-token"


def verify(request: WebhookRequest, settings: Settings) -> None:
    """Raises `SignatureInvalid` unless the header holds our secret; always, when there is no secret."""
    secret = settings.secret_token
    if secret is None:
        raise SignatureInvalid("this bot is polled: no webhook is expected")
    given = request.headers.get(_HEADER, "")
    # As bytes: compare_digest refuses texts beyond ASCII.
    if not hmac.compare_digest(given.encode(errors="replace"), secret.get_secret_value().encode()):
        raise SignatureInvalid("the secret token is missing or not ours")
