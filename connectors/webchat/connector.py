"""Wires the web chat door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from connectors.contract import (
    Address,
    Channel,
    InboundEvent,
    OutboundMessage,
    Part,
    Sent,
    WebhookRequest,
)

from .capabilities import CAPABILITIES
from .client import NoWakes, ValkeyWakes, Wakes
from .parse import KEY, parse
from .render import render
from .settings import WebchatSettings
from .verify import derive_key, sign, verify


class WebchatConnector:
    """One web chat. A message counts as sent once its outbox row says so: sockets read it from there."""

    key = KEY
    channel = Channel.WEBCHAT
    capabilities = CAPABILITIES

    def __init__(self, settings: WebchatSettings, wakes: Wakes) -> None:
        self.settings = settings
        self.account = settings.account
        self._wakes = wakes
        self._signing_key = derive_key(settings.secret_key.get_secret_value())

    def request(self, address_key: str, body: bytes) -> WebhookRequest:
        """One frame of a session, as a request that `verify` lets in."""
        return sign(self._signing_key, account=self.account, address_key=address_key, body=body)

    def verify(self, request: WebhookRequest) -> None:
        verify(self._signing_key, request)

    def parse(self, request: WebhookRequest) -> Sequence[InboundEvent]:
        return parse(request)

    def render(self, message: OutboundMessage) -> Sequence[Part]:
        return render(message)

    async def send(self, to: Address, part: Part, *, oid: str) -> Sent:
        await self._wakes.wake(to.key)
        return Sent(provider_message_id=oid)

    async def typing(self, to: Address, *, message_id: str = "") -> None:
        await self._wakes.wake(to.key, "typing")

    async def wake(self, address_key: str) -> None:
        """Tells every tab of a session to look again."""
        await self._wakes.wake(address_key)

    async def close(self) -> None:
        await self._wakes.close()


def build(env: Mapping[str, str]) -> WebchatConnector | None:
    """The web chat of this house, or None when the house has no secret key."""
    settings = WebchatSettings.from_env(env)
    if settings is None:
        return None
    url = settings.redis_url
    return WebchatConnector(settings, ValkeyWakes(url.get_secret_value()) if url else NoWakes())
