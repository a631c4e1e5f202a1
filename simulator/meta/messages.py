"""The messages the fake took, and the ids Meta gives."""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.threads import Attachment, Bubble, Choice, Side

FILES = "/meta/control/files?id="
"""Where the page finds a file that Meta holds."""
_FILES = ("image", "audio", "video", "document", "sticker")


def new_id() -> str:
    """A message id such as Meta gives."""
    return "wamid." + base64.b64encode(secrets.token_bytes(24)).decode()


@dataclass(slots=True)
class SentMessage:
    """A message that the house had sent; `content` is the whole request."""

    to: str
    """A number without plus, or a person's id of this business."""
    content: Mapping[str, Any]
    id: str = field(default_factory=new_id)
    status: str = "accepted"
    error_code: int | None = None
    at: float = field(default_factory=time.time)

    @property
    def oid(self) -> str:
        """The house's own id."""
        return str(self.content.get("biz_opaque_callback_data", ""))

    @property
    def kind(self) -> str:
        """text, interactive, image .."""
        return str(self.content.get("type", ""))

    @property
    def key(self) -> str:
        """Whose phone shows it: a number with plus, or a person's id."""
        return f"+{self.to}" if self.to.isdigit() else self.to

    @property
    def text(self) -> str:
        """What the person reads."""
        said = self.content.get(self.kind) or {}
        match self.kind:
            case "text":
                return str(said.get("body", ""))
            case "interactive":
                return str(said["body"]["text"])
            case "template":
                return _filled(said)
            case _:
                return str(said.get("caption", ""))

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Id and title of each button or row."""
        if self.kind != "interactive":
            return []
        action = self.content["interactive"]["action"]
        replies = [button["reply"] for button in action.get("buttons", [])]
        rows = [row for section in action.get("sections", []) for row in section["rows"]]
        return [(str(item["id"]), str(item["title"])) for item in (*replies, *rows)]

    def bubble(self) -> Bubble:
        """As the phone shows it."""
        said = self.content.get(self.kind) or {}
        files: tuple[Attachment, ...] = ()
        if self.kind in _FILES:
            url = str(said.get("link") or f"{FILES}{said.get('id', '')}")
            files = (Attachment(self.kind, url, str(said.get("filename", ""))),)
        opener = str(said["action"].get("button", "")) if self.kind == "interactive" else ""
        choices = tuple(Choice(tap, title) for tap, title in self.choices)
        return Bubble(
            Side.IN, self.text, id=self.id, choices=choices, opener=opener, attachments=files, at=self.at
        )


def _filled(template: Mapping[str, Any]) -> str:
    """A template's name and what fills it: the approved text itself is at Meta."""
    said = [
        str(parameter.get("text", ""))
        for component in template.get("components", [])
        for parameter in component.get("parameters", [])
    ]
    return f"[{template.get('name', '')}] {' | '.join(said)}".strip()
