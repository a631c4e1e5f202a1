"""Step "render": a message as one or more SMS; choices become a numbered list, files become links."""

from __future__ import annotations

from collections.abc import Sequence

from connectors._shared.degrade import degrade
from connectors.contract import OutboundMessage, Part

from .capabilities import CAPABILITIES


def render(message: OutboundMessage) -> Sequence[Part]:
    """Parts within 1,600 characters each, in the order they must be sent."""
    return degrade(message, CAPABILITIES)
