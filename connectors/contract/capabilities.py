"""What a channel can carry, as data; the generic degrade step reads nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class TextUnit(StrEnum):
    """How a platform counts the length of a text."""

    CODE_POINTS = "code_points"
    UTF16 = "utf16"


class Buttons(StrEnum):
    """How choices reach the customer."""

    NATIVE = "native"
    NUMBERED_TEXT = "numbered_text"


class Marks(StrEnum):
    """How bold words and named links reach the customer."""

    NONE = "none"
    """Not at all: the words stay, a link is spelled out as "label: https://.."."""
    WHATSAPP = "whatsapp"
    """Asterisks in the text; links are spelled out."""
    SPANS = "spans"
    """Beside the text, as `Part.spans`."""


@dataclass(frozen=True, slots=True)
class Files:
    """Which files go along with a message, one a request, fetched by the platform from their web address."""

    types: tuple[str, ...]
    """How their content types begin; "" is every file."""
    caption_max: int
    uncaptioned: tuple[str, ...] = ()
    """How content types begin whose files have no caption."""


@dataclass(frozen=True, slots=True)
class Pace:
    """A token bucket: one request each `every_s` seconds in the long run, `burst` of them at once."""

    every_s: float
    burst: int = 1


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Limits of one connector. Lengths are in `text_unit`s unless a field says otherwise.

    `links` are the vendor's pages each number was read from, newest reading in `read_on`.
    """

    text_max: int
    text_unit: TextUnit = TextUnit.CODE_POINTS
    marks: Marks = Marks.NONE
    buttons: Buttons = Buttons.NUMBERED_TEXT
    buttons_max: int = 0
    button_title_max: int = 0
    tap_id_max_bytes: int = 0
    list_max: int = 0
    """Choices that a native list shows when there are more than `buttons_max`; 0: there is no list."""
    list_title_max: int = 0
    choices_text_max: int | None = None
    """Limit of a text that has buttons or a list under it, where it is less than `text_max`."""
    files: Files | None = None
    """Files that go along; any other becomes a link with its caption."""
    merge_bubbles: bool = False
    """One turn's bubbles are sent as one message (SMS costs, Meta's pair rate)."""
    typing: bool = False
    echoes_oid: bool = False
    """The platform returns our own id in its receipts, so an unclear send can be resolved."""
    can_look_up: bool = False
    """The platform can be asked whether it has a message."""
    resend_when_unknown: bool = False
    """No echo and no look-up: resend once (Telegram), accepting a rare double."""
    receipts: bool = False
    opt_out_words: bool = True
    """A lone STOP, CANCEL, END .. opts out; False where the customer can close the window and may mean it."""
    carrier_answers_stop: bool = False
    """The carrier itself confirms STOP words; the house stays silent on them."""
    window_s: float | None = None
    """Free text may be sent only so long after the customer's last message; None: always."""
    templates: bool = False
    """Approved templates can be sent, inside and outside of the window."""
    pace: Pace | None = None
    """What the account as a whole may send; None: the platform does not say."""
    address_pace: Pace | None = None
    """What one address may be sent."""
    webhook_max_bytes: int = 256 * 1024
    """Largest webhook body that is read."""
    redelivers: bool = False
    """A webhook answered with 503 comes again, so that a busy house may say so."""
    links: tuple[str, ...] = ()
    read_on: str = ""
