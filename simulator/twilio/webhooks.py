"""Twilio's own requests to the house, signed by the vendor's library, which checks our verifying."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from simulator.posting import SignedWebhook

from .messages import WHATSAPP, SentMessage, new_sid


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
    *,
    account_sid: str,
    sender: str,
    to: str,
    text: str,
    sid: str,
    media: Sequence[tuple[str, str]] = (),
    opt_out: str = "",
) -> dict[str, str]:
    """The parameters of any incoming message; `media` are addresses with their content types."""
    fields = {
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
    for index, (url, kind) in enumerate(media):
        fields |= {f"MediaUrl{index}": url, f"MediaContentType{index}": kind}
    return fields | ({"OptOutType": opt_out} if opt_out else {})


def sms_fields() -> dict[str, str]:
    """What an SMS says besides, blank ones too."""
    blank = {f"{end}{what}": "" for end in ("To", "From") for what in ("State", "City", "Zip")}
    return {"ToCountry": "US", "FromCountry": "US", **blank}


def whatsapp_fields(sender: str, name: str, kind: str, **more: str) -> dict[str, str]:
    """What a WhatsApp message says besides; most of it a second time in a block of its own."""
    who = sender.removeprefix(WHATSAPP)
    digits = who.removeprefix("+") if who.startswith("+") else ""
    shown = {"ProfileName": name, "Forwarded": "false", "FrequentlyForwarded": "false", **more}
    if digits:
        shown["WaId"] = digits
    metadata = {"type": "whatsapp", "data": {"context": shown}}
    # The business's own id of a person; all there is of somebody who hides the number.
    user = f"{WHATSAPP}US.1{digits}" if digits else sender
    return {
        **shown,
        "ExternalUserId": user,
        "MessageType": kind,
        "ReferralNumMedia": "0",
        "ChannelMetadata": json.dumps(metadata),
    }


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
    if message.is_whatsapp:
        fields |= {"ChannelPrefix": "whatsapp", "EventType": status.upper()}
    return fields | ({"ErrorCode": str(message.error_code)} if message.error_code else {})
