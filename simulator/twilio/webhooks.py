"""Twilio's own requests to the house, signed by the vendor's library, which checks our verifying."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from simulator.posting import SignedWebhook

from .messages import SentMessage, new_sid


def sign(url: str, fields: Mapping[str, str], auth_token: str) -> SignedWebhook:
    """A form post as Twilio makes it."""
    signature = RequestValidator(auth_token).compute_signature(url, dict(fields))
    return SignedWebhook(
        url=url,
        headers={
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "X-Twilio-Signature": signature,
            "I-Twilio-Idempotency-Token": new_sid("IT"),
            "User-Agent": "TwilioProxy/1.1",
        },
        body=urlencode(fields).encode(),
    )


def inbound_fields(
    *, account_sid: str, sender: str, to: str, text: str, sid: str, media: tuple[str, ...], opt_out: str
) -> dict[str, str]:
    """The parameters of an incoming SMS, blank ones too."""
    fields = {
        "ToCountry": "US",
        "ToState": "",
        "ToCity": "",
        "ToZip": "",
        "FromCountry": "US",
        "FromState": "",
        "FromCity": "",
        "FromZip": "",
        "SmsMessageSid": sid,
        "SmsSid": sid,
        "MessageSid": sid,
        "SmsStatus": "received",
        "AccountSid": account_sid,
        "ApiVersion": "2010-04-01",
        "NumSegments": "1",
        "NumMedia": str(len(media)),
        "From": sender,
        "To": to,
        "Body": text,
    }
    for index, url in enumerate(media):
        fields |= {f"MediaUrl{index}": url, f"MediaContentType{index}": "image/jpeg"}
    return fields | ({"OptOutType": opt_out} if opt_out else {})


def status_fields(account_sid: str, message: SentMessage, status: str) -> dict[str, str]:
    """The parameters of a status callback."""
    fields = {
        "SmsSid": message.sid,
        "SmsStatus": status,
        "MessageStatus": status,
        "MessageSid": message.sid,
        "AccountSid": account_sid,
        "ApiVersion": "2010-04-01",
        "From": message.sender,
        "To": message.to,
    }
    return fields | ({"ErrorCode": str(message.error_code)} if message.error_code else {})
