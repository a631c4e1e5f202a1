"""Step "parse": what a message that Twilio received says on every channel; a door adds what is its own.

Parameters: twilio.com/docs/messaging/guides/webhook-request, read 2026-11. Any of them may be absent.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence

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

from .form import read_form
from .receipts import is_status_callback, read_receipt

Fields = Mapping[str, str]
Read = Callable[[str, Fields, bytes], InboundMessage]
"""A door's reader: account, fields, and the raw words they came from."""

_E164 = re.compile(r"\+[1-9]\d{1,14}")
_MEDIA_MAX = 10


def read_webhook(request: WebhookRequest, read: Read) -> Sequence[InboundEvent]:
    """Exactly one event, a receipt or a message; raises `PayloadInvalid`.

    The path names the account: To may be missing, or be one of several numbers of a messaging service.
    """
    fields = read_form(request.body)
    if is_status_callback(fields):
        return (read_receipt(request, fields),)
    return (read(request.account, fields, request.body),)


def plain_message(connector: str, account: str, fields: Fields, raw: bytes, *, sender: str) -> InboundMessage:
    """Text and files; raises `PayloadInvalid` when nobody can be named as the sender."""
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
        provider_message_id=fields.get("MessageSid") or fields.get("SmsSid") or _digest(raw),
        address=Address(connector=connector, account=account, key=sender),
        kind=kind,
        text=text,
        media=media,
        profile=Profile(display_name=fields.get("ProfileName", ""), phone=phone_of(sender)),
        consent=_opt_out_type(fields),
        detail=detail,
    )


def phone_of(number: str) -> str | None:
    """The number, when it is one in E.164."""
    return number if _E164.fullmatch(number) else None


def _media(fields: Fields) -> tuple[MediaRef, ...]:
    """The files there are, whatever NumMedia says: it has been seen to say 0 beside one."""
    return tuple(
        MediaRef(ref=url, content_type=fields.get(f"MediaContentType{index}", ""))
        for index in range(_MEDIA_MAX)
        if (url := fields.get(f"MediaUrl{index}", ""))
    )


def _opt_out_type(fields: Fields) -> Consent | None:
    """Advanced Opt-Out: Twilio took the message for a keyword, and answered it."""
    try:
        return Consent(fields.get("OptOutType", "").strip().lower())
    except ValueError:
        return None


def _detail(fields: Fields) -> dict[str, object]:
    """Facts a person may want to see; the number written to matters when a service has several."""
    names = {"to": "To", "country": "FromCountry"}
    return {ours: value for ours, theirs in names.items() if (value := fields.get(theirs, ""))}


def _digest(raw: bytes) -> str:
    return "body-" + hashlib.sha256(raw).hexdigest()
