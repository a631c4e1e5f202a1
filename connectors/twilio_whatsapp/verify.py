"""Step "verify": Twilio's signature over the public URL and the raw form."""

from __future__ import annotations

from connectors._shared.twilio.settings import TwilioSettings
from connectors._shared.twilio.signature import verify_signature
from connectors.contract import WebhookRequest


def verify(request: WebhookRequest, settings: TwilioSettings) -> None:
    """Raises `SignatureInvalid` unless the current or the previous auth token signed this request."""
    verify_signature(request, settings.webhook_tokens())
