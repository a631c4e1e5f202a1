"""What the phones show: a thread per customer, its bubbles, and who is shut out."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from enum import StrEnum

from .acts import Act, ActRefused, Deed
from .posting import Delivery

_KEPT = 300


class Side(StrEnum):
    """Who a bubble is from."""

    OUT = "out"
    """The phone's owner."""
    IN = "in"
    """The house."""
    CARRIER = "carrier"
    """The network or the platform itself."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something under a bubble that can be tapped."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file, or a place, inside a bubble."""

    kind: str
    """image, audio, video, document, sticker, location, contact."""
    url: str = ""
    name: str = ""
    place: tuple[float, float] | None = None

    def shown(self) -> dict[str, object]:
        return {"kind": self.kind, "url": self.url, "name": self.name, "place": self.place}


@dataclass(slots=True)
class Bubble:
    """One message as a phone shows it."""

    side: str
    text: str
    id: str = ""
    """The platform's id of the message."""
    state: str = ""
    """The platform's own word, such as `delivered`; of the owner's bubbles their delivery says it."""
    at: float = field(default_factory=time.time)
    choices: tuple[Choice, ...] = ()
    opener: str = ""
    """Not empty: the choices are behind a button with this label (a list)."""
    attachments: tuple[Attachment, ...] = ()
    reaction: str = ""
    """What the owner put on it."""
    reply_to: str = ""
    edited: bool = False
    revoked: bool = False
    error: str = ""
    """Why it did not arrive, as the platform puts it."""
    delivery: Delivery | None = None

    def change(self, act: Act) -> None:
        """What a reaction, an edit or a deletion does to it; raises `ActRefused`."""
        if act.do is Deed.REACTION:
            self.reaction = act.text
            return
        if self.side != Side.OUT or self.revoked:
            raise ActRefused("only one's own messages can be changed")
        if act.do is Deed.EDIT:
            if not act.text.strip():
                raise ActRefused("an edited message has a text")
            self.text, self.edited = act.text, True
        else:
            self.text, self.revoked, self.attachments = "", True, ()

    def shown(self) -> dict[str, object]:
        """For the page and for tests."""
        state = self.state or (self.delivery.state() if self.delivery else "")
        return {
            "side": self.side,
            "text": self.text,
            "id": self.id,
            "state": state,
            "at": self.at,
            "choices": [{"id": choice.id, "label": choice.label} for choice in self.choices],
            "opener": self.opener,
            "attachments": [attachment.shown() for attachment in self.attachments],
            "reaction": self.reaction,
            "reply_to": self.reply_to,
            "edited": self.edited,
            "revoked": self.revoked,
            "error": self.error,
            "next_at": self.delivery.next_at if self.delivery else None,
        }


@dataclass(slots=True)
class Thread:
    """One phone's talk with the shop."""

    key: str
    bubbles: list[Bubble] = field(default_factory=list)
    shut: str = ""
    """Why the house cannot write here: `stopped` (opted out), `blocked`; empty: it can."""
    typing_until: float = 0.0
    """Epoch seconds until which the shop's three dots are shown."""
    window_until: float | None = None
    """Epoch seconds until which free text may be sent; None: the platform has no such window."""

    def add(self, bubble: Bubble) -> Bubble:
        """The newest bubble; the oldest beyond some hundreds are forgotten."""
        self.bubbles.append(bubble)
        del self.bubbles[:-_KEPT]
        if bubble.side == Side.IN:
            self.typing_until = 0.0
        return bubble

    def find(self, bubble_id: str) -> Bubble:
        """The bubble with this id; raises `ActRefused`."""
        for bubble in reversed(self.bubbles):
            if bubble.id == bubble_id:
                return bubble
        raise ActRefused(f"no bubble {bubble_id!r} on the phone of {self.key}")

    def was_read(self, bubble_id: str) -> None:
        """The house has read this bubble of the owner, and those before it."""
        for bubble in self.bubbles:
            if bubble.side == Side.OUT:
                bubble.state = "read"
            if bubble.id == bubble_id:
                return

    def shown(self) -> dict[str, object]:
        """For the page and for tests."""
        return {
            "key": self.key,
            "shut": self.shut,
            "typing_until": self.typing_until,
            "window_until": self.window_until,
            "bubbles": [bubble.shown() for bubble in self.bubbles],
        }
