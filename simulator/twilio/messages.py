"""The messages the fake took, in the shape of Twilio's Message resource."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import parse_qs, urlsplit


def new_sid(prefix: str) -> str:
    """An id such as Twilio gives: a prefix and 32 hex digits."""
    return prefix + secrets.token_hex(16)


@dataclass(slots=True)
class SentMessage:
    """A message that the house had sent."""

    to: str
    sender: str
    body: str
    callback: str
    media: tuple[str, ...] = ()
    sid: str = field(default_factory=lambda: new_sid("SM"))
    status: str = "queued"
    error_code: int | None = None
    created: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def oid(self) -> str:
        """The house's own id, out of its callback address."""
        return next(iter(parse_qs(urlsplit(self.callback).query).get("oid", [])), "")

    def resource(self, account_sid: str) -> dict[str, object]:
        """Twilio's JSON of it."""
        date = format_datetime(self.created)
        return {
            "sid": self.sid,
            "account_sid": account_sid,
            "to": self.to,
            "from": self.sender,
            "body": self.body,
            "status": self.status,
            "direction": "outbound-api",
            "num_segments": "1",
            "num_media": str(len(self.media)),
            "error_code": self.error_code,
            "error_message": None,
            "date_created": date,
            "date_updated": date,
            "date_sent": None if self.status == "queued" else date,
            "messaging_service_sid": None,
            "api_version": "2010-04-01",
            "price": None,
            "price_unit": "USD",
            "uri": f"/2010-04-01/Accounts/{account_sid}/Messages/{self.sid}.json",
        }
