"""Turns what the bot said into messages for one address: pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from mimetypes import guess_type
from typing import Literal
from urllib.parse import urlsplit
from uuid import UUID

from connectors.contract import Button, MediaRef, OutboundMessage
from connectors.contract.marks import without_marks
from onethread.dialogue.rasa_client import Reply
from onethread.storage.outbox import Purpose
from onethread.storage.threads import tap_id

_BETWEEN = "\n\n"


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of ours that goes along; `url`: where platforms and customers get it."""

    id: UUID
    url: str
    content_type: str
    file_name: str
    size: int


@dataclass(frozen=True, slots=True)
class Draft:
    """One message about to be said; `buttons` keep the payload the customer never sees."""

    text: str
    author: Literal["bot", "house", "agent"]
    purpose: Purpose
    buttons: tuple[Mapping[str, str], ...] = ()
    image: str | None = None
    response: str | None = None
    files: tuple[Attached, ...] = ()

    @property
    def marks(self) -> bool:
        """Whether `text` has marks: those who write answers may use them, what a person types is as it is."""
        return self.author != "agent"

    @property
    def plain(self) -> str:
        """What people read in the thread."""
        return without_marks(self.text) if self.marks else self.text


def drafts_of(replies: Sequence[Reply]) -> list[Draft]:
    """The bot's replies as drafts, empty ones left out."""
    return [
        Draft(
            text=reply.text,
            author="bot",
            purpose="reply",
            buttons=reply.buttons,
            image=reply.image,
            response=reply.response,
        )
        for reply in replies
        if reply.text.strip() or reply.buttons or reply.image
    ]


def merged(drafts: Sequence[Draft]) -> list[Draft]:
    """For doors where each bubble costs: neighbours joined, up to one with buttons or a picture."""
    joined: list[Draft] = []
    for draft in drafts:
        last = joined[-1] if joined else None
        if last is None or last.buttons or last.image or last.purpose != draft.purpose:
            joined.append(draft)
        else:
            text = _BETWEEN.join(part for part in (last.text, draft.text) if part)
            joined[-1] = replace(
                draft, text=text, author=last.author, response=last.response or draft.response
            )
    return joined


def disclosed(drafts: Sequence[Draft], disclosure: str) -> list[Draft]:
    """The same drafts, the first beginning with the sentence that a machine answers."""
    if not drafts:
        return []
    first = drafts[0]
    return [replace(first, text=f"{disclosure}{_BETWEEN}{first.text}".rstrip()), *drafts[1:]]


def outbound(draft: Draft, seq: int) -> OutboundMessage:
    """What the connector renders; buttons carry opaque ids made of the message's number."""
    images = () if draft.image is None else (MediaRef(draft.image, _image_type(draft.image)),)
    files = (MediaRef(file.url, file.content_type, file_name=file.file_name) for file in draft.files)
    return OutboundMessage(
        text=draft.text,
        buttons=tuple(
            Button(title=button["title"], tap=tap_id(seq, number))
            for number, button in enumerate(draft.buttons, 1)
        ),
        media=(*images, *files),
        marks=draft.marks,
    )


def _image_type(url: str) -> str:
    """By its name, as nothing else is known of it here; JPEG when that says nothing."""
    guessed, _ = guess_type(urlsplit(url).path)
    return guessed if guessed and guessed.startswith("image/") else "image/jpeg"


def content_of(draft: Draft) -> dict[str, object]:
    """What the thread keeps beside the text."""
    content: dict[str, object] = {}
    if draft.buttons:
        content["buttons"] = [dict(button) for button in draft.buttons]
    if draft.image:
        content["image"] = draft.image
    if draft.files:
        content["media"] = [
            {
                "id": str(file.id),
                "content_type": file.content_type,
                "file_name": file.file_name,
                "size": file.size,
            }
            for file in draft.files
        ]
    if draft.response:
        content["response"] = draft.response
    return content
