"""Twilio's own requests to the house, signed by the vendor's library, which checks our verifying."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlencode

import httpx
from twilio.request_validator import RequestValidator

from .messages import SentMessage, new_sid

# Twilio gives the house 15 s for everything.
_TIMEOUT = httpx.Timeout(15.0, connect=5.0)


@dataclass(frozen=True, slots=True)
class SignedWebhook:
    """One request, ready to be posted once, thrice, or with something altered."""

    url: str
    headers: Mapping[str, str]
    body: bytes


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


@cache
def _certificates() -> ssl.SSLContext:
    """Read once a process: it takes longer than a test may."""
    return ssl.create_default_context()


class Poster:
    """Posts to the house: signs for its public URL, delivers to where it really listens."""

    def __init__(self) -> None:
        self._http = httpx.AsyncClient(timeout=_TIMEOUT, trust_env=False, verify=_certificates())

    async def post(self, webhook: SignedWebhook, *, public_url: str, deliver_to: str) -> int:
        """The house's HTTP status; 0 when it could not be reached. Twilio does not try again."""
        url = webhook.url
        if url.startswith(public_url):
            url = deliver_to + url.removeprefix(public_url)
        try:
            response = await self._http.post(url, content=webhook.body, headers=dict(webhook.headers))
        except httpx.HTTPError:
            return 0
        return response.status_code

    async def close(self) -> None:
        await self._http.aclose()
