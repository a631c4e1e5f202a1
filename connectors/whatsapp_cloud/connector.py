"""The WhatsApp door, wired: one number of a Meta app."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Self
from urllib.parse import urlencode

from connectors.contract import (
    Address,
    Channel,
    InboundEvent,
    MediaRef,
    MediaSource,
    OutboundMessage,
    Part,
    SendError,
    Sent,
    Template,
    WebhookRequest,
)

from . import parse, render, verify
from .capabilities import CAPABILITIES
from .client import Client
from .settings import Settings


class WhatsAppCloud:
    """`Connector` for WhatsApp through Meta.

    Also `AnswersHandshake`, `ShowsTyping`, `LocatesMedia`, `Reopens`, `OffersLink` and `ChecksCredentials`.
    """

    key = parse.KEY
    channel = Channel.WHATSAPP
    capabilities = CAPABILITIES

    def __init__(self, settings: Settings) -> None:
        self.account = settings.account
        self._settings = settings
        self._client = Client(settings)
        self.reopening = _reopening(settings)

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self | None:
        """None when the section is absent; raises `SettingsIncomplete` when it is half there."""
        settings = Settings.from_env(env)
        return cls(settings) if settings else None

    def handshake(self, request: WebhookRequest) -> str:
        return verify.handshake(request, self._settings)

    def verify(self, request: WebhookRequest) -> None:
        verify.verify(request, self._settings)

    def parse(self, request: WebhookRequest) -> Sequence[InboundEvent]:
        return parse.parse(request, our_number=self._settings.phone_number_id)

    def render(self, message: OutboundMessage) -> Sequence[Part]:
        return render.render(message)

    async def send(self, to: Address, part: Part, *, oid: str) -> Sent:
        return Sent(await self._client.send(to, part, oid=oid))

    async def typing(self, to: Address, *, message_id: str = "") -> None:
        if not message_id:
            return  # Meta shows it as part of reading a message.
        with suppress(SendError):
            await self._client.show_typing(parse.platform_id(message_id))

    async def locate_media(self, item: MediaRef) -> MediaSource:
        return await self._client.locate(item.ref)

    async def link_with(self, token: str) -> str | None:
        # Opens the chat with the token as a text to send (faq.whatsapp.com/5913398998672934, read 2026-11).
        number = await self._client.number()
        return f"https://wa.me/{number}?{urlencode({'text': token})}" if number else None

    async def check(self) -> str:
        return await self._client.check()

    async def close(self) -> None:
        await self._client.close()


def _reopening(settings: Settings) -> OutboundMessage | None:
    if settings.reopen_template is None:
        return None
    name, language = settings.reopen_template
    return OutboundMessage(settings.reopen_text or f"[template {name}]", template=Template(name, language))


build = WhatsAppCloud.from_env
