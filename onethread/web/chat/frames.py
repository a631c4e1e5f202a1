"""What a browser may say on the socket, read strictly. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from connectors.webchat.capabilities import FILES_MAX, FRAME_MAX_BYTES, TEXT_MAX

LANGUAGES = ("en", "ro", "ru", "zh")
"""Languages the page has a catalogue for; the first one is the fallback."""


class FrameRefused(Exception):
    """A frame that is not taken. `reason` is a word for the page, `id` the page's own id when readable."""

    def __init__(self, reason: str, frame_id: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.frame_id = frame_id


@dataclass(frozen=True, slots=True)
class Hello:
    """The first frame: who (unless a cookie said so) and what is already on the page."""

    token: str | None
    last_seq: int
    thread: str
    language: str | None


@dataclass(frozen=True, slots=True)
class Said:
    """A text, a tap, or files with a caption, under the page's own id."""

    id: str
    kind: Literal["message", "tap", "media"]
    value: str
    files: tuple[UUID, ...] = ()
    """Ids of uploads."""


@dataclass(frozen=True, slots=True)
class Seen:
    """How far the page has received or the customer has read."""

    kind: Literal["received", "read"]
    seq: int


@dataclass(frozen=True, slots=True)
class Spoken:
    """The page is shown in this language from now on."""

    language: str


@dataclass(frozen=True, slots=True)
class Typing:
    """The customer is writing."""


@dataclass(frozen=True, slots=True)
class Ping:
    """The page asks whether the line is alive (it cannot see the protocol's own pings)."""


Frame = Hello | Said | Seen | Spoken | Typing | Ping


def read_frame(data: str | bytes) -> Frame:
    """One frame of a browser.

    Raises:
        FrameRefused: it is not one of ours, or too long.
    """
    if isinstance(data, bytes):
        raise FrameRefused("binary")
    if len(data.encode("utf-8", "surrogatepass")) > FRAME_MAX_BYTES:
        raise FrameRefused("too_long")
    try:
        frame = json.loads(data)
    except (ValueError, RecursionError):
        raise FrameRefused("not_json") from None
    if not isinstance(frame, dict):
        raise FrameRefused("not_an_object")
    read = _READERS.get(str(frame.get("type")))
    if read is None:
        raise FrameRefused("unknown_type")
    return read(frame)


def clean(text: str) -> str:
    """A text that every store takes: lone surrogates and NUL replaced, line ends made one."""
    replaced = text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "\ufffd")
    return replaced.replace("\r\n", "\n").replace("\r", "\n").strip()


def _id(frame: dict[str, Any]) -> str:
    value = frame.get("id")
    try:
        return str(UUID(value)) if isinstance(value, str) and len(value) == 36 else _no_id()
    except ValueError:
        return _no_id()


def _no_id() -> str:
    raise FrameRefused("no_id")


def _text(frame: dict[str, Any]) -> str:
    value = frame.get("text")
    if not isinstance(value, str):
        raise FrameRefused("no_text", _id(frame))
    text = clean(value)
    if not text:
        raise FrameRefused("empty", _id(frame))
    if len(text) > TEXT_MAX:
        raise FrameRefused("too_long", _id(frame))
    return text


def _caption(frame: dict[str, Any]) -> str:
    return _text(frame) if frame.get("text") else ""


def _files(frame: dict[str, Any]) -> tuple[UUID, ...]:
    value = frame.get("files")
    if not isinstance(value, list) or not 0 < len(value) <= FILES_MAX:
        raise FrameRefused("no_files", _id(frame))
    try:
        ids = {UUID(item): None for item in value if isinstance(item, str)}
    except ValueError:
        ids = {}
    if len(ids) != len(value):
        raise FrameRefused("no_files", _id(frame))
    return tuple(ids)


def _language(frame: dict[str, Any]) -> str | None:
    value = frame.get("language")
    return value if isinstance(value, str) and value in LANGUAGES else None


def _spoken(frame: dict[str, Any]) -> Spoken:
    language = _language(frame)
    if language is None:
        raise FrameRefused("no_language")
    return Spoken(language)


def _tap(frame: dict[str, Any]) -> str:
    value = frame.get("tap")
    if (
        not isinstance(value, str)
        or not 0 < len(value) <= 64
        or not value.isascii()
        or not value.isprintable()
    ):
        raise FrameRefused("no_tap", _id(frame))
    return value


def _number(frame: dict[str, Any], name: str) -> int:
    value = frame.get(name, 0)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
        raise FrameRefused("no_number")
    return value


def _word(frame: dict[str, Any], name: str) -> str:
    value = frame.get(name)
    return value[:64] if isinstance(value, str) else ""


def _token(frame: dict[str, Any]) -> str | None:
    value = frame.get("token")
    return value if isinstance(value, str) and 0 < len(value) <= 128 else None


_READERS: Mapping[str, Callable[[dict[str, Any]], Frame]] = {
    "hello": lambda frame: Hello(
        _token(frame), _number(frame, "last_seq"), _word(frame, "thread"), _language(frame)
    ),
    "message": lambda frame: Said(_id(frame), "message", _text(frame)),
    "tap": lambda frame: Said(_id(frame), "tap", _tap(frame)),
    "media": lambda frame: Said(_id(frame), "media", _caption(frame), _files(frame)),
    "language": _spoken,
    "received": lambda frame: Seen("received", _number(frame, "seq")),
    "read": lambda frame: Seen("read", _number(frame, "seq")),
    "typing": lambda frame: Typing(),
    "ping": lambda frame: Ping(),
}
