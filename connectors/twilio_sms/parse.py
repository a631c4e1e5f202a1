"""Step "parse": one Twilio SMS webhook (a message, or a status callback) as the contract's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from connectors._shared.twilio.messages import Fields, plain_message, read_webhook
from connectors.contract import Consent, InboundEvent, InboundMessage, WebhookRequest

KEY = "twilio_sms"
# Twilio's default words, matched as the whole message. YES is not here: Twilio takes it for START only from
# somebody who had stopped, and from everybody else it is an answer.
_WORDS = dict.fromkeys(
    ("stop", "unsubscribe", "end", "quit", "stopall", "revoke", "optout", "cancel"), Consent.STOP
)
_WORDS |= dict.fromkeys(("start", "unstop"), Consent.START)
_WORDS |= dict.fromkeys(("help", "info"), Consent.HELP)


def parse(request: WebhookRequest) -> Sequence[InboundEvent]:
    """Exactly one event; raises `PayloadInvalid` when nobody can be named as the sender."""
    return read_webhook(request, read)


def read(account: str, fields: Fields, raw: bytes) -> InboundMessage:
    """One SMS; raises `PayloadInvalid`."""
    heard = plain_message(KEY, account, fields, raw, sender=fields.get("From", "").strip())
    return replace(heard, consent=heard.consent or _WORDS.get(heard.text.strip().lower()))
