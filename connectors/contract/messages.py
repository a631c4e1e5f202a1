"""The words every door speaks: what comes in, what goes out, what is heard back.

Frozen values only. Vendor words (wamid, MessageSid, update_id) never appear here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from .marks import Span


class Channel(StrEnum):
    """What the customer uses; who carries it is the connector."""

    SMS = "sms"
    WHATSAPP = "whatsapp"
    TELEGRAM = "telegram"
    WEBCHAT = "webchat"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a customer can be reached: an opaque key, meaningful only to its connector and account."""

    connector: str
    account: str
    key: str
    phone: str | None = field(default=None, compare=False)
    """E.164, when the platform attests one; a way to reach the address, no part of its name."""


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """One HTTP request as received. `headers` have lower-case names; `body` is the raw bytes.

    `url` is the configured public URL plus path and raw query, never built from Host headers.
    """

    method: str
    url: str
    account: str
    query: str
    headers: Mapping[str, str]
    body: bytes


class InboundKind(StrEnum):
    TEXT = "text"
    TAP = "tap"
    MEDIA = "media"
    LOCATION = "location"
    CONTACT = "contact"
    FORM = "form"
    ORDER = "order"
    REACTION = "reaction"
    EDIT = "edit"
    REVOKE = "revoke"
    SYSTEM = "system"
    """The platform tells something about this person, such as a new number; nobody is answered."""
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class MediaRef:
    """A file the platform holds for us. `ref` is the connector's own handle or URL."""

    ref: str
    content_type: str
    caption: str = ""
    file_name: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """What the platform itself attests of the sender; never anything that was typed."""

    display_name: str = ""
    phone: str | None = None
    """E.164, when the platform attests it."""
    language: str | None = None
    user_id: str = ""
    """The platform's own id of this person, where it has one that outlives a phone number."""


class Consent(StrEnum):
    STOP = "stop"
    START = "start"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """One thing a customer did. `provider_message_id` is unique per connector and account for ever."""

    provider_message_id: str
    address: Address
    kind: InboundKind
    text: str = ""
    """What was said; of a kind that says nothing (location, contact, form ..) a summary for people."""
    tap: str | None = None
    """Id of a tapped button, as the house minted it; looked up, never parsed as a command."""
    media: tuple[MediaRef, ...] = ()
    profile: Profile = Profile()
    provider_time: datetime | None = None
    reply_to: str | None = None
    consent: Consent | None = None
    """Set when the carrier already handled a STOP/START/HELP word itself, or a gesture there means it."""
    marketing: Consent | None = None
    """Set when the person stopped or resumed marketing at the platform; replies to them go on."""
    silent: bool = False
    """Shown to people and never answered: told by the platform itself, or said to somebody else."""
    moved_to: Address | None = None
    """The platform says that this person is known by another key from now on; it is the same person."""
    detail: Mapping[str, object] = field(default_factory=dict)
    """Further facts for people (location, contact card, why it is unsupported); JSON values only."""


class ReceiptStatus(StrEnum):
    """Delivery states in rank order; a receipt only ever moves a message forward."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the platform says became of a message we sent; either id may be missing."""

    account: str
    status: ReceiptStatus
    provider_message_id: str | None = None
    oid: str | None = None
    """Our own id, echoed."""
    error: str | None = None
    """Vendor error code."""
    error_action: str | None = None
    """Name of the `SendError` subclass the code maps to, e.g. "OptedOut"."""


@dataclass(frozen=True, slots=True)
class AccountNotice:
    """Something that is nobody's message: about the account (a template, its quality), or unreadable.

    Kept where people see it; nobody is answered. `notice_id` is unique per connector and account for ever.
    """

    notice_id: str
    subject: str
    text: str = ""
    at: datetime | None = None
    detail: Mapping[str, object] = field(default_factory=dict)
    """JSON values only."""
    error: str | None = None
    """Why this element of a request could not be understood; it is kept as a dead row."""


InboundEvent = InboundMessage | Receipt | AccountNotice


@dataclass(frozen=True, slots=True)
class Button:
    """A choice. `tap` is the opaque id that comes back; `title` is what is shown and may be typed."""

    title: str
    tap: str


@dataclass(frozen=True, slots=True)
class Template:
    """A text the platform approved before, for when free text is not allowed."""

    name: str
    """What the platform knows it by."""
    language: str
    variables: tuple[str, ...] = ()
    """Fill {{1}}, {{2}} .. in order."""


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """What the house wants said, before any channel's limits."""

    text: str
    buttons: tuple[Button, ...] = ()
    media: tuple[MediaRef, ...] = ()
    marks: bool = False
    """Whether `text` is written with marks (`contract/marks.py`): the house's texts are, a person's never."""
    template: Template | None = None
    """Sent instead of `text`, which then says for people what the template says."""


@dataclass(frozen=True, slots=True)
class Part:
    """One platform request: within every limit of the channel. A message renders to one or more."""

    text: str
    """Beside a file, its caption."""
    buttons: tuple[Button, ...] = ()
    media: tuple[MediaRef, ...] = ()
    """At most one file."""
    template: Template | None = None
    spans: tuple[Span, ...] = ()
    """What of `text` is bold or a link, where the channel has that beside the text."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform took it, under this id."""

    provider_message_id: str
