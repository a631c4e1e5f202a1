"""What the contract suite must know of the WhatsApp door to Twilio."""

from __future__ import annotations

from connectors.contract import Address, Button, WebhookRequest
from tests.connectors.contract.examples import Env, Examples
from tests.connectors.twilio_sms.examples import PHOTO, signed

_URL = "https://shop.example/webhooks/twilio_whatsapp/default"
_MESSAGE = {
    "MessageSid": "SM" + "a" * 32,
    "From": "whatsapp:+15551230001",
    "To": "whatsapp:+15550009000",
    "WaId": "15551230001",
}


def _signed(env: Env, fields: dict[str, str]) -> WebhookRequest:
    return signed(env, _URL, _MESSAGE | fields)


def _taps(env: Env, button: Button) -> WebhookRequest:
    return _signed(env, {"Body": button.title, "ButtonText": button.title, "ButtonPayload": button.tap})


def _picks(env: Env, button: Button) -> WebhookRequest:
    return _signed(env, {"Body": button.title, "ListTitle": button.title, "ListId": button.tap})


EXAMPLES = Examples(
    env={
        "TWILIO_ACCOUNT_SID": "AC" + "1" * 32,
        "TWILIO_AUTH_TOKEN": "current-token",
        "TWILIO_WHATSAPP_FROM": "+15550009000",
        "ONETHREAD_PUBLIC_URL": "https://shop.example",
    },
    customer=Address("twilio_whatsapp", "default", "+15551230001", "+15551230001"),
    secret="TWILIO_AUTH_TOKEN",
    proof="x-twilio-signature",
    says=lambda env, text: _signed(env, {"Body": text}),
    taps=_taps,
    picks=_picks,
    photo=lambda env: _signed(env, PHOTO),
    covers=frozenset({"body", "url"}),
    api="TWILIO_API_URL",
    taken=b'{"sid": "SM' + b"b" * 32 + b'"}',
)
