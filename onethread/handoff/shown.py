"""What a page shows of the files of a message. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from onethread.media.kinds import named, player
from onethread.media.names import name_of
from onethread.storage.media import File

from .sizes import said_size

_STATES = {
    "waiting": "Is being fetched …",
    "refused": "Was not taken",
    "failed": "Could not be fetched",
    "gone": "Is no longer kept",
}


@dataclass(frozen=True, slots=True)
class ShownFile:
    """One file; `state` says why it cannot be opened, and is empty when it can."""

    id: str
    player: str
    """image, audio, video or file."""
    name: str
    about: str
    caption: str
    state: str
    is_problem: bool


def ids_of(content: Mapping[str, Any]) -> list[UUID]:
    """The files a message names."""
    return [found for item in _items(content) if (found := _id(item)) is not None]


def files_of(
    content: Mapping[str, Any], known: Mapping[UUID, File], *, text: str = ""
) -> tuple[ShownFile, ...]:
    """The files of a message as far as they are known; captions that are the text itself are left out."""
    return tuple(_shown(item, known, text) for item in _items(content))


def _shown(item: Mapping[str, Any], known: Mapping[UUID, File], text: str) -> ShownFile:
    found = _id(item)
    file = None if found is None else known.get(found)
    caption = str(item.get("caption") or "")
    caption = "" if caption in text else caption
    if file is None:
        name = str(item.get("file_name") or named(str(item.get("content_type") or "")))
        return ShownFile("", "file", name, "", caption, "This file is not there.", is_problem=True)
    said = [named(file.content_type)] + ([said_size(file.size)] if file.size else [])
    state = _STATES.get(file.status, "")
    if state and file.reason:
        state = f"{state}: {file.reason}"
    return ShownFile(
        id=str(file.id),
        player=player(file.content_type) if not state else "file",
        name=name_of(file.file_name, file.content_type) if not state else file.file_name,
        about=", ".join(said),
        caption=caption,
        state=state,
        is_problem=file.status in ("refused", "failed"),
    )


def _items(content: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    found = content.get("media")
    return [item for item in found if isinstance(item, Mapping)] if isinstance(found, list) else []


def _id(item: Mapping[str, Any]) -> UUID | None:
    try:
        return UUID(str(item["id"]))
    except (KeyError, ValueError):
        return None
