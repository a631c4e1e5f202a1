"""Step "send": this door's only platform I/O."""

from __future__ import annotations

from connectors._shared.twilio.client import TwilioClient

from .parse import KEY
from .settings import Settings


class Client(TwilioClient):
    """Sends, finds and lists SMS of one Twilio number."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, key=KEY)
