"""Fits a message to the page: split at its text limit, buttons kept as buttons."""

from __future__ import annotations

from collections.abc import Sequence

from connectors._shared.degrade import degrade
from connectors.contract import OutboundMessage, Part

from .capabilities import CAPABILITIES


def render(message: OutboundMessage) -> Sequence[Part]:
    """The message as parts the page shows one below the other."""
    return degrade(message, CAPABILITIES)
