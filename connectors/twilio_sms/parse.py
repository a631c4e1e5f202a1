"""Step "parse": one Twilio SMS webhook (a message, or a status callback) as the contract's words.

Parameters: twilio.com/docs/messaging/guides/webhook-request, read 2026-11. Any of them may be absent.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

from connectors._shared.twilio.form import read_form
from connectors._shared.twilio.receipts import is_status_callback, read_receipt
from connectors.contract import (
    Address,
    Consent,
    InboundEvent,
    InboundKind,
    InboundMessage,
    MediaRef,
    PayloadInvalid,
    Profile,
    WebhookRequest,
)

KEY = "twilio_sms"
_E164 = re.compile(r"\+[1-9]\d{1,14}")
_MEDIA_MAX = 10
# Twilio's default words, matched as the whole message. YES is not here: Twilio takes it for START only from
# somebody who had stopped, and from everybody else it is an answer.
_WORDS = dict.fromkeys(
    ("stop", "unsubscribe", "end", "quit", "stopall", "revoke", "optout", "cancel"), Consent.STOP
)
_WORDS |= dict.fromkeys(("start", "unstop"), Consent.START)
_WORDS |= dict.fromkeys(("help", "info"), Consent.HELP)


def parse(request: WebhookRequest) -> Sequence[InboundEvent]:
    """Exactly one event; raises `PayloadInvalid` when nobody can be named as the sender."""
    fields = read_form(request.body)
    if is_status_callback(fields):
        return (read_receipt(request, fields),)
    return (_message(request, fields),)


def _message(request: WebhookRequest, fields: Mapping[str, str]) -> InboundMessage:
    sender = fields.get("From", "").strip()
    if not sender:
        raise PayloadInvalid("no From: nobody to answer")
    text, media = fields.get("Body", ""), _media(fields)
    kind, detail = InboundKind.TEXT, _detail(fields)
    if media:
        kind = InboundKind.MEDIA
    elif not text.strip():
        kind = InboundKind.UNSUPPORTED
        detail["why"] = "neither text nor media"
    return InboundMessage(
        provider_message_id=fields.get("MessageSid") or fields.get("SmsSid") or _digest(request.body),
        # The path names the account: To may be missing, or be one of several numbers of a messaging service.
        address=Address(connector=KEY, account=request.account, key=sender),
        kind=kind,
        text=text,
        media=media,
        profile=Profile(
            display_name=fields.get("ProfileName", ""),
            phone=sender if _E164.fullmatch(sender) else None,
        ),
        consent=_consent(fields, text),
        detail=detail,
    )


def _media(fields: Mapping[str, str]) -> tuple[MediaRef, ...]:
    """The files there are, whatever NumMedia says: it has been seen to say 0 beside one."""
    return tuple(
        MediaRef(ref=url, content_type=fields.get(f"MediaContentType{index}", ""))
        for index in range(_MEDIA_MAX)
        if (url := fields.get(f"MediaUrl{index}", ""))
    )


def _consent(fields: Mapping[str, str], text: str) -> Consent | None:
    try:
        return Consent(fields.get("OptOutType", "").lower())
    except ValueError:
        return _WORDS.get(text.strip().lower())


def _detail(fields: Mapping[str, str]) -> dict[str, object]:
    """Facts a person may want to see; the number written to matters when a service has several."""
    names = {"to": "To", "country": "FromCountry"}
    return {ours: value for ours, theirs in names.items() if (value := fields.get(theirs, ""))}


def _digest(body: bytes) -> str:
    return "body-" + hashlib.sha256(body).hexdigest()
