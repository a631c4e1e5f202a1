"""Step "parse": one of Meta's statuses as a receipt."""

from __future__ import annotations

from connectors.contract import Receipt, ReceiptStatus

from .errors import receipt_action
from .json_reading import Json, Malformed, objects_of, text_of

_STATUSES = {
    "sent": ReceiptStatus.SENT,
    "delivered": ReceiptStatus.DELIVERED,
    "read": ReceiptStatus.READ,
    # Of a voice message: heard.
    "played": ReceiptStatus.READ,
    "failed": ReceiptStatus.FAILED,
}


def is_receipt(status: Json) -> bool:
    """Calls and payments have statuses too; those are told to people as they are."""
    return text_of(status, "type") in ("", "message") and text_of(status, "status") in _STATUSES


def read_receipt(status: Json, account: str) -> Receipt:
    """Raises `Malformed` when no id says which message."""
    message_id = text_of(status, "id") or None
    oid = text_of(status, "biz_opaque_callback_data") or None
    if message_id is None and oid is None:
        raise Malformed("a status without an id")
    heard = _STATUSES[text_of(status, "status")]
    code = None
    if heard is ReceiptStatus.FAILED:
        code = text_of(next(iter(objects_of(status, "errors")), {}), "code") or None
    return Receipt(
        account=account,
        status=heard,
        provider_message_id=message_id,
        oid=oid,
        error=code,
        error_action=receipt_action(code),
    )
