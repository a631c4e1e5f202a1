"""What the desk's pages show, as values a template only has to write down. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from onethread.storage.addresses import KnownAddress
from onethread.storage.agents import Agent
from onethread.storage.desk import Card, Entry, Unanswered
from onethread.storage.media import File
from onethread.storage.threads import ThreadMessage

from .kinds import in_words
from .roles import Right, may
from .shown import ShownFile, files_of

_CHANNELS = {"sms": "SMS", "whatsapp": "WhatsApp", "telegram": "Telegram", "webchat": "Web chat"}
_REASONS = {
    "asked": "Asked for a person",
    "two_misses": "Not understood twice",
    "complaint": "Complaint",
    "locked_out": "Could not prove the order is theirs",
    "lost_parcel": "Parcel may be lost",
    "question": "Open question",
    "brake": "Too many messages in a row",
    "dead": "The assistant could not answer",
}
_DELIVERY = {
    "queued": "Waiting to be sent",
    "held": "Held back: free text is not allowed here until the customer writes again",
    "sending": "Sending",
    "unknown": "Unclear whether it arrived",
    "sent": "Sent",
    "delivered": "Delivered",
    "read": "Read",
    "failed": "Not delivered",
    "suppressed": "Held back: opted out",
}
_PROBLEMS = frozenset({"failed", "unknown", "suppressed", "held"})
_WITHOUT_TEXT = {
    "reaction": "A reaction",
    "edit": "A change",
    "revoke": "Deleted a message",
    "contact": "A contact card",
    "unsupported": "Something that cannot be shown",
    "system": "Told by the platform",
}
"""The list's words for a message without any; else it is a file."""
_AUTHORS = {"bot": "Assistant", "house": "Notice", "customer": "Customer", "agent": "A person"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    customer_id: str
    name: str
    channel: str
    owner: str
    owner_says: str
    preview: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """One message of the thread; `side` is customer, shop, note or notice."""

    key: str
    side: str
    author: str
    channel: str
    about: str
    """What happened, where the text does not say it."""
    text: str
    files: tuple[ShownFile, ...]
    buttons: tuple[str, ...]
    at: datetime
    state: str
    is_problem: bool

    @property
    def version(self) -> str:
        """Changes whenever it has to be drawn anew; a film that plays is left alone until then."""
        return f"{self.state}|{self.about}|{len(self.text)}|{'|'.join(file.state for file in self.files)}"


@dataclass(frozen=True, slots=True)
class Head:
    """Who it is and what may be done."""

    customer_id: str
    name: str
    owner: str
    owner_says: str
    since: datetime
    channels: tuple[tuple[str, str, str], ...]
    """(channel, label, warning)"""
    can_take: bool
    can_answer: bool
    can_note: bool
    can_release: bool
    can_resolve: bool
    to: str
    """Where an answer goes; empty when it cannot go anywhere."""
    closed_because: str
    """Why nothing can be written; empty when something can."""


def channel_name(channel: str | None) -> str:
    """What people call a channel."""
    return _CHANNELS.get(channel or "", (channel or "").capitalize())


def name_of(display_name: str, label: str, customer_id: object) -> str:
    """A name for a customer: his own, his number, or a short id."""
    return display_name or label or f"Visitor {str(customer_id)[-4:]}"


def _owner_says(owner: str, agent_name: str | None, reason: str | None) -> str:
    if owner == "agent":
        return agent_name or "A person"
    if owner == "queue":
        return _REASONS.get(reason or "", (reason or "waiting").replace("_", " ").capitalize())
    return "Assistant"


def row(entry: Entry) -> Row:
    """One line of the list."""
    who = {"customer": "", "agent": "You: "}.get(entry.last_author or "", "Assistant: ")
    prefix = who if entry.last_author != "agent" else f"{entry.agent_name or 'Person'}: "
    return Row(
        customer_id=str(entry.customer_id),
        name=name_of(entry.display_name, entry.label, entry.customer_id),
        channel=channel_name(entry.channel),
        owner="resolved" if entry.status == "resolved" else entry.owner,
        owner_says="Resolved"
        if entry.status == "resolved"
        else _owner_says(entry.owner, entry.agent_name, entry.reason),
        preview=f"{prefix}{entry.last_text or _WITHOUT_TEXT.get(entry.last_kind, 'A file')}"
        if entry.last_kind
        else "",
        at=entry.last_at or entry.since,
    )


@dataclass(frozen=True, slots=True)
class Beside:
    """What messages speak of: their files, and the texts of other messages by the platform's ids."""

    files: Mapping[UUID, File] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)


def said(message: ThreadMessage, beside: Beside) -> Said:
    """One message of the thread."""
    side = "note" if message.direction == "note" else "customer" if message.direction == "in" else "shop"
    if message.author == "house" and side == "shop":
        side = "notice"
    delivery = message.delivery or ""
    meant = beside.texts.get(str(message.content.get("reply_to") or ""))
    about, text = in_words(message.kind, message.text, message.content, meant)
    return Said(
        key=str(message.seq),
        side=side,
        author=message.agent_name or _AUTHORS[message.author],
        channel=channel_name(message.channel) if message.channel else "",
        about=about,
        text=text,
        files=files_of(message.content, beside.files, text=message.text),
        buttons=tuple(button.title for button in message.buttons),
        at=message.created_at,
        state=_DELIVERY.get(delivery, "") if side in {"shop", "notice"} else "",
        is_problem=delivery in _PROBLEMS and side in {"shop", "notice"},
    )


def unanswered(waiting: Unanswered, beside: Beside) -> Said:
    """A message that is accepted and not in the thread yet."""
    about, text = in_words(waiting.kind, waiting.text, waiting.content, None)
    return Said(
        key=f"inbox-{waiting.inbox_id}",
        side="customer",
        author=_AUTHORS["customer"],
        channel=channel_name(waiting.channel),
        about=about,
        text=text,
        files=files_of(waiting.content, beside.files, text=waiting.text),
        buttons=(),
        at=waiting.at,
        state="Could not be answered" if waiting.dead else "Being answered",
        is_problem=waiting.dead,
    )


def head(card: Card, agent: Agent, reply_to: KnownAddress | None) -> Head:
    """Who it is and what this person may do now."""
    mine = card.owner == "agent" and card.agent_id == agent.id
    acts = may(agent.role, Right.ANSWER)
    labels = [address.label for address in card.addresses if address.label]
    return Head(
        customer_id=str(card.customer_id),
        name=name_of(card.display_name, labels[0] if labels else "", card.customer_id),
        owner=card.owner,
        owner_says=_owner_says(card.owner, card.agent_name, card.reason),
        since=card.since,
        channels=tuple(
            (
                channel_name(address.channel),
                address.label,
                "opted out" if address.opted_out_at else address.undeliverable or "",
            )
            for address in card.addresses
        ),
        can_take=acts and card.owner != "agent",
        can_answer=acts and mine and reply_to is not None,
        can_note=may(agent.role, Right.NOTE),
        can_release=acts and card.owner == "agent" and (mine or may(agent.role, Right.RELEASE_OTHERS)),
        can_resolve=acts and mine,
        to=_to(reply_to),
        closed_because=_closed_because(card, acts=acts, mine=mine, reply_to=reply_to),
    )


def _to(reply_to: KnownAddress | None) -> str:
    if reply_to is None:
        return ""
    label = reply_to.phone or reply_to.display_name
    return f"{channel_name(reply_to.channel)}{' · ' + label if label else ''}"


def _closed_because(card: Card, *, acts: bool, mine: bool, reply_to: KnownAddress | None) -> str:
    if not acts:
        return "You can read here, not answer."
    if reply_to is None:
        return "This customer opted out: nothing may be sent until they write START."
    if mine:
        return ""
    if card.owner == "agent":
        return f"{card.agent_name or 'Somebody else'} answers this customer."
    return "Take the conversation to answer. The assistant is silent while you have it."


def thread(messages: Sequence[ThreadMessage], waiting: Sequence[Unanswered], beside: Beside) -> list[Said]:
    """All there is to show, oldest first."""
    return [said(message, beside) for message in messages] + [unanswered(item, beside) for item in waiting]
