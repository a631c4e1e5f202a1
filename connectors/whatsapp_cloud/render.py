"""Step "render": a message as WhatsApp messages: files with captions, text, buttons or a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from connectors._shared.degrade import degrade
from connectors._shared.graphemes import sendable, utf16_units
from connectors.contract import MediaRef, OutboundMessage, Part

from .capabilities import CAPABILITIES, CAPTION_MAX


def render(message: OutboundMessage) -> Sequence[Part]:
    """Parts of one request each: a file with what is said under it, or a text with its choices."""
    files, said = [], []
    for item in message.media:
        file, rest = _file(item)
        files += [file] if file else []
        said += [rest] if rest.strip() else []
    said += [message.text] if message.text.strip() else []
    text = "\n\n".join(said)
    if len(files) == 1 and not message.buttons and _is_caption(text, files[0]):
        return (Part(text=sendable(text), media=(files[0],)),)
    parts = degrade(OutboundMessage(text, message.buttons), CAPABILITIES)
    return (*(Part(text="", media=(file,)) for file in files), *parts)


def media_type(item: MediaRef) -> str:
    """What Meta calls a file of this content type."""
    kind = item.content_type.partition("/")[0]
    if item.content_type in ("image/jpeg", "image/png"):
        return "image"
    if item.content_type in ("video/mp4", "video/3gpp"):
        return "video"
    return "audio" if kind == "audio" else "document"


def _file(item: MediaRef) -> tuple[MediaRef | None, str]:
    """A file as it can go, and what has to be said beside it: Meta fetches only what has a web address."""
    caption = sendable(item.caption)
    if not item.ref.startswith(("https://", "http://")):
        return None, f"{caption}\n{sendable(item.ref)}".strip()
    if media_type(item) == "audio" or utf16_units(caption) > CAPTION_MAX:
        return replace(item, caption=""), caption
    return replace(item, caption=caption), ""


def _is_caption(text: str, item: MediaRef) -> bool:
    return (
        bool(text)
        and not item.caption
        and media_type(item) != "audio"
        and utf16_units(sendable(text)) <= CAPTION_MAX
    )
