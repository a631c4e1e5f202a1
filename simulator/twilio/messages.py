"""The messages the fake took and those customers wrote, in the shape of Twilio's Message resource."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import parse_qs, urlsplit

from simulator.files import StoredFile
from simulator.threads import Attachment, Bubble, Choice, Side

WHATSAPP = "whatsapp:"
"""Stands before every WhatsApp number at Twilio; a number alone is SMS."""
FILES = "/twilio/control/files?id="
"""Where the page finds a file that Twilio holds."""


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
    template: str = ""
    """`HX..` id of the Content template it was made from."""
    choices: tuple[Choice, ...] = ()
    opener: str = ""
    """Not empty: the choices are a list behind a button with this label."""

    @property
    def oid(self) -> str:
        """The house's own id, out of its callback address."""
        return next(iter(parse_qs(urlsplit(self.callback).query).get("oid", [])), "")

    @property
    def is_whatsapp(self) -> bool:
        return self.to.startswith(WHATSAPP)

    def bubble(self) -> Bubble:
        """What the phone shows."""
        files = tuple(Attachment("image", url) for url in self.media)
        return Bubble(
            Side.IN,
            self.body,
            id=self.sid,
            state=self.status,
            choices=self.choices,
            opener=self.opener,
            attachments=files,
        )

    def resource(self, account_sid: str) -> dict[str, object]:
        """Twilio's JSON of it."""
        said = _resource(account_sid, self, self.status)
        return said | {
            "direction": "outbound-api",
            "num_media": str(len(self.media)),
            "error_code": self.error_code,
            "date_sent": None if self.status == "queued" else said["date_created"],
        }


@dataclass(slots=True)
class HeardMessage:
    """A message that a customer sent; Twilio keeps it, whether the house heard of it or not."""

    sender: str
    to: str
    body: str
    sid: str
    files: tuple[StoredFile, ...] = ()
    created: datetime = field(default_factory=lambda: datetime.now(UTC))

    def resource(self, account_sid: str) -> dict[str, object]:
        """Twilio's JSON of it."""
        said = _resource(account_sid, self, "received")
        return said | {"direction": "inbound", "num_media": str(len(self.files))}


def _resource(account_sid: str, message: SentMessage | HeardMessage, status: str) -> dict[str, object]:
    date = format_datetime(message.created)
    return {
        "sid": message.sid,
        "account_sid": account_sid,
        "to": message.to,
        "from": message.sender,
        "body": message.body,
        "status": status,
        "num_segments": "1",
        "error_code": None,
        "error_message": None,
        "date_created": date,
        "date_updated": date,
        "date_sent": date,
        "messaging_service_sid": None,
        "api_version": "2010-04-01",
        "price": None,
        "price_unit": "USD",
        "uri": f"/2010-04-01/Accounts/{account_sid}/Messages/{message.sid}.json",
    }
