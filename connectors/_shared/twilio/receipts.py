"""Step "parse": a Twilio status callback as a receipt.

States: queued, accepted, scheduled, sending, sent, delivered, undelivered, failed, read, canceled,
partially_delivered (Message resource, read 2026-11). All before `delivered` say one thing: Twilio has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs

from connectors.contract import PayloadInvalid, Receipt, ReceiptStatus, WebhookRequest

from .errors import receipt_action

_STATUSES = {
    "queued": ReceiptStatus.SENT,
    "accepted": ReceiptStatus.SENT,
    "scheduled": ReceiptStatus.SENT,
    "sending": ReceiptStatus.SENT,
    "sent": ReceiptStatus.SENT,
    "partially_delivered": ReceiptStatus.SENT,
    "delivered": ReceiptStatus.DELIVERED,
    "read": ReceiptStatus.READ,
    "undelivered": ReceiptStatus.FAILED,
    "failed": ReceiptStatus.FAILED,
    "canceled": ReceiptStatus.FAILED,
}
_INBOUND = frozenset({"", "receiving", "received"})


def is_status_callback(fields: Mapping[str, str]) -> bool:
    """Both kinds of webhook come to one path; only a callback carries a state that is not `received`."""
    return _state(fields) not in _INBOUND


def read_receipt(request: WebhookRequest, fields: Mapping[str, str]) -> Receipt:
    """Raises `PayloadInvalid` for a state Twilio has not documented, or when no id says which message."""
    status = _STATUSES.get(_state(fields))
    message_id = fields.get("MessageSid") or fields.get("SmsSid") or None
    oid = next(iter(parse_qs(request.query).get("oid", [])), None)
    if status is None or (message_id is None and oid is None):
        raise PayloadInvalid("a status callback without a known state, or without an id")
    code = fields.get("ErrorCode") if status is ReceiptStatus.FAILED else None
    return Receipt(
        account=request.account,
        status=status,
        provider_message_id=message_id,
        oid=oid,
        error=code or None,
        error_action=receipt_action(code),
    )


def _state(fields: Mapping[str, str]) -> str:
    return (fields.get("MessageStatus") or fields.get("SmsStatus") or "").lower()
