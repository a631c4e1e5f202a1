"""Step "render": a message as WhatsApp messages: files with captions, text, buttons or a list."""

from __future__ import annotations

from collections.abc import Sequence

from connectors._shared.degrade import degrade
from connectors.contract import OutboundMessage, Part

from .capabilities import CAPABILITIES


def render(message: OutboundMessage) -> Sequence[Part]:
    """Parts of one request each: a file with what is said under it, or a text with its choices."""
    return degrade(message, CAPABILITIES)
