"""Which messages are a customer's own words, and when they came: pure. They open the window of a platform."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from connectors.contract import InboundKind
from onethread.storage.inbox import Pending

SILENT_KINDS = frozenset({InboundKind.REACTION, InboundKind.EDIT, InboundKind.REVOKE, InboundKind.SYSTEM})
"""What changes or remarks on something said before, or is told by the platform: nobody is answered."""


def heard_at(rows: Sequence[Pending]) -> datetime | None:
    """When the newest of these was written, by the platform's clock where it says so; None: nothing was.

    Whether a reaction opens a window, Meta does not say; believing it does would cost a refused message.
    """
    written = [row for row in rows if row.kind not in SILENT_KINDS and not row.content.get("silent")]
    return max((row.provider_time or row.received_at for row in written), default=None)
