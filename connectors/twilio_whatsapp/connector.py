"""The WhatsApp door, wired: one WhatsApp sender of a Twilio account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Self

from connectors._shared.twilio.door import TwilioDoor
from connectors.contract import (
    Address,
    Channel,
    InboundEvent,
    OutboundMessage,
    Part,
    SendError,
    Template,
    WebhookRequest,
)

from . import parse, render, verify
from .capabilities import CAPABILITIES
from .client import Client
from .settings import Settings


class TwilioWhatsApp(TwilioDoor):
    """`Connector`, what every Twilio door can do, `ShowsTyping`, `OffersLink` and `Reopens`, for WhatsApp."""

    key = parse.KEY
    channel = Channel.WHATSAPP

    def __init__(self, settings: Settings) -> None:
        self._client: Client = Client(settings)
        super().__init__(settings, self._client, parse.read)
        self._number = "" if settings.is_service else settings.sender.removeprefix("+")
        self.capabilities = replace(CAPABILITIES, typing=settings.typing)
        self.reopening: OutboundMessage | None = None
        if settings.reopen_template:
            said = settings.reopen_text or f"[template {settings.reopen_template}]"
            self.reopening = OutboundMessage(said, template=Template(settings.reopen_template, language=""))

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

    async def typing(self, to: Address, *, message_id: str = "") -> None:
        if self.capabilities.typing:
            with suppress(SendError):
                await self._client.show_typing(message_id)

    async def link_with(self, token: str) -> str | None:
        # Whatever comes after text= stands in the customer's input line, ready to be sent.
        return f"https://wa.me/{self._number}?text={token}" if self._number else None


build = TwilioWhatsApp.from_env
