"""The SMS door, wired: one Twilio number."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Self

from connectors.contract import (
    Address,
    Channel,
    InboundEvent,
    OutboundMessage,
    Part,
    Sent,
    WebhookRequest,
)

from . import parse, render, verify
from .capabilities import CAPABILITIES
from .client import Client
from .settings import Settings


class TwilioSms:
    """`Connector`, `LooksUpSends` and `ChecksCredentials` for SMS through Twilio."""

    key = parse.KEY
    channel = Channel.SMS
    capabilities = CAPABILITIES

    def __init__(self, settings: Settings) -> None:
        self.account = settings.account
        self._settings = settings
        self._client = Client(settings)

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

    async def send(self, to: Address, part: Part, *, oid: str) -> Sent:
        return Sent(await self._client.send(to.key, part, oid=oid))

    async def look_up(
        self, to: Address, part: Part, *, oid: str, since: float, taken: Collection[str] = ()
    ) -> Sent | None:
        found = await self._client.find(to.key, part, since=since, taken=taken)
        return Sent(found) if found else None

    async def check(self) -> str:
        return await self._client.check()

    async def close(self) -> None:
        await self._client.close()
