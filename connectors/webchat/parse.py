"""Reads one signed frame: a text, a tap, files, or how far the customer has received and read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from connectors.contract import (
    Address,
    InboundEvent,
    InboundKind,
    InboundMessage,
    MediaRef,
    PayloadInvalid,
    Profile,
    Receipt,
    ReceiptStatus,
    WebhookRequest,
)

from .verify import ADDRESS_HEADER

KEY = "webchat"
UPLOAD = "upload:"
"""Begins the handle of a file that was uploaded before the message that names it."""
_KINDS = {"message": InboundKind.TEXT, "tap": InboundKind.TAP, "media": InboundKind.MEDIA}
_RECEIPTS = {"received": ReceiptStatus.DELIVERED, "read": ReceiptStatus.READ}


def parse(request: WebhookRequest) -> Sequence[InboundEvent]:
    """Everything in one frame.

    Raises:
        PayloadInvalid: the frame is none of those a page sends.
    """
    try:
        frame = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise PayloadInvalid("a frame that is not JSON") from error
    if not isinstance(frame, dict):
        raise PayloadInvalid("a frame that is not an object")
    kind = _text(frame, "type")
    if kind in _RECEIPTS:
        return _receipts(frame, request.account, _RECEIPTS[kind])
    if kind not in _KINDS:
        raise PayloadInvalid("a frame of an unknown type")
    address_key = request.headers[ADDRESS_HEADER]
    return [
        InboundMessage(
            # The page's own id counts within its address only: another session cannot take it away.
            provider_message_id=f"{address_key}:{_text(frame, 'id')}",
            address=Address(KEY, request.account, address_key),
            kind=_KINDS[kind],
            text=_text(frame, "text") if kind == "message" else _caption(frame) if kind == "media" else "",
            tap=_text(frame, "tap") if kind == "tap" else None,
            media=_files(frame) if kind == "media" else (),
            profile=Profile(language=_language(frame)),
        )
    ]


def client_id(provider_message_id: str) -> str:
    """The id the page gave its message, out of the one `parse` made of it."""
    return provider_message_id.rpartition(":")[2]


def _text(frame: Mapping[str, object], name: str) -> str:
    value = frame.get(name)
    if not isinstance(value, str) or not value:
        raise PayloadInvalid(f"a frame without {name}")
    return value


def _caption(frame: Mapping[str, object]) -> str:
    value = frame.get("text")
    return value if isinstance(value, str) else ""


def _language(frame: Mapping[str, object]) -> str | None:
    """What the page is shown in: a hint, no proof of what the customer writes."""
    value = frame.get("language")
    return value if isinstance(value, str) and value else None


def _files(frame: Mapping[str, object]) -> tuple[MediaRef, ...]:
    files = frame.get("files")
    if not isinstance(files, list) or not files or not all(isinstance(item, dict) for item in files):
        raise PayloadInvalid("files that are none")
    return tuple(
        MediaRef(
            ref=f"{UPLOAD}{_text(item, 'id')}",
            content_type=str(item.get("content_type", "")),
            file_name=str(item.get("file_name", "")),
        )
        for item in files
    )


def _receipts(frame: Mapping[str, object], account: str, status: ReceiptStatus) -> list[InboundEvent]:
    oids = frame.get("oids")
    if not isinstance(oids, list) or not all(isinstance(oid, str) for oid in oids):
        raise PayloadInvalid("a receipt without oids")
    return [Receipt(account=account, status=status, oid=oid) for oid in oids]
