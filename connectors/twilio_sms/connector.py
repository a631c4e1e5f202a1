"""The SMS door, wired: one Twilio number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Self

from connectors._shared.twilio.door import TwilioDoor
from connectors.contract import Channel, InboundEvent, OutboundMessage, Pace, Part, WebhookRequest

from . import parse, render, verify
from .capabilities import CAPABILITIES
from .client import Client
from .settings import Settings


class TwilioSms(TwilioDoor):
    """`Connector`, and what every Twilio door can do, for SMS."""

    key = parse.KEY
    channel = Channel.SMS

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, Client(settings), parse.read)
        pace = Pace(1 / settings.per_second) if settings.per_second else None
        self.capabilities = replace(CAPABILITIES, pace=pace)

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self | None:
        """None when the section is absent; raises `SettingsIncomplete` when it is half there."""
        settings = Settings.from_env(env)
        return cls(settings) if settings else None

    def verify(self, request: WebhookRequest) -> None:
        verify.verify(request, self._settings)

    def parse(self, request: WebhookRequest) -> Sequence[InboundEvent]:
        return parse.parse(request)

    def render(self, message: OutboundMessage) -> Sequence[Part]:
        return render.render(message)


build = TwilioSms.from_env
