"""Step "render": a message as one or more Telegram messages, with an inline keyboard.

No parse mode is ever used: one stray mark in Telegram's Markdown refuses the whole message. What is bold goes
beside the text, as entities.
"""

from __future__ import annotations

from collections.abc import Sequence

from connectors._shared.degrade import degrade
from connectors.contract import OutboundMessage, Part

from .capabilities import CAPABILITIES


def render(message: OutboundMessage) -> Sequence[Part]:
    """Parts within 4,096 UTF-16 units each, in the order they must be sent."""
    return degrade(message, CAPABILITIES)
