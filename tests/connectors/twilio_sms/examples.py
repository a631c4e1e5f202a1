"""What the contract suite must know of the SMS door to Twilio."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from twilio.request_validator import RequestValidator

from connectors.contract import Address, WebhookRequest
from tests.connectors.contract.examples import Env, Examples

_URL = "https://shop.example/webhooks/twilio_sms/default"
_MESSAGE = {"MessageSid": "SM" + "a" * 32, "From": "+15551230001", "To": "+15550009000"}
PHOTO = {
    "Body": "",
    "NumMedia": "1",
    "MediaUrl0": "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1",
    "MediaContentType0": "image/jpeg",
}


def signed(env: Env, url: str, fields: dict[str, str]) -> WebhookRequest:
    """A form as Twilio posts it, signed by the vendor's own library."""
    body = urlencode(fields).encode()
    signature = RequestValidator(env["TWILIO_AUTH_TOKEN"]).compute_signature(
        url, dict(parse_qsl(body.decode(), keep_blank_values=True))
    )
    headers = {"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature}
    return WebhookRequest("POST", url, "default", "", headers, body)


EXAMPLES = Examples(
    env={
        "TWILIO_ACCOUNT_SID": "AC" + "1" * 32,
        "TWILIO_AUTH_TOKEN": "current-token",
        "TWILIO_SMS_FROM": "+15550009000",
        "ONETHREAD_PUBLIC_URL": "https://shop.example",
    },
    customer=Address("twilio_sms", "default", "+15551230001", "+15551230001"),
    secret="TWILIO_AUTH_TOKEN",
    proof="x-twilio-signature",
    says=lambda env, text: signed(env, _URL, _MESSAGE | {"Body": text}),
    photo=lambda env: signed(env, _URL, _MESSAGE | PHOTO),
    covers=frozenset({"body", "url"}),
    api="TWILIO_API_URL",
    taken=b'{"sid": "SM' + b"b" * 32 + b'"}',
)
