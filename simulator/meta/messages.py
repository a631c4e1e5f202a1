"""The messages the fake took, and the ids Meta gives."""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


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
    def text(self) -> str:
        """What the person reads."""
        said = self.content.get(self.kind) or {}
        return str(said.get("body", "") if self.kind == "text" else self._beside(said))

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Id and title of each button or row."""
        if self.kind != "interactive":
            return []
        action = self.content["interactive"]["action"]
        replies = [button["reply"] for button in action.get("buttons", [])]
        rows = [row for section in action.get("sections", []) for row in section["rows"]]
        return [(str(item["id"]), str(item["title"])) for item in (*replies, *rows)]

    def _beside(self, said: Mapping[str, Any]) -> str:
        return str(said["body"]["text"]) if self.kind == "interactive" else str(said.get("caption", ""))
