"""The Telegram door, wired: one bot.

The library of Telegram's objects takes half a second and 45 MB: a house without a bot never loads it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Self
from urllib.parse import quote

from connectors.contract import (
    Address,
    Channel,
    InboundEvent,
    MediaRef,
    MediaSource,
    OutboundMessage,
    Part,
    Polled,
    SendError,
    Sent,
    WebhookRequest,
)

from . import render, verify
from .capabilities import CAPABILITIES
from .settings import Mode, Settings


class Telegram:
    """`Connector` for one bot.

    Also `ShowsTyping`, `AnswersTaps`, `Polls`, `Registers`, `LocatesMedia`, `OffersLink` and
    `ChecksCredentials`.
    """

    key = "telegram"
    channel = Channel.TELEGRAM
    capabilities = CAPABILITIES

    def __init__(self, settings: Settings) -> None:
        from . import parse
        from .client import Client

        self.account = settings.account
        self.polling = settings.mode is Mode.POLLING
        self.registers = settings.mode is Mode.REGISTER
        self._settings = settings
        self._parse = parse.parse
        self._client = Client(settings)

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self | None:
        """None when the section is absent; raises `SettingsIncomplete` when it is half there."""
        settings = Settings.from_env(env)
        return cls(settings) if settings else None

    def verify(self, request: WebhookRequest) -> None:
        verify.verify(request, self._settings)

    def parse(self, request: WebhookRequest) -> Sequence[InboundEvent]:
        return self._parse(request)

    def render(self, message: OutboundMessage) -> Sequence[Part]:
        return render.render(message)

    async def send(self, to: Address, part: Part, *, oid: str) -> Sent:
        # Telegram takes no id of ours along.
        return Sent(await self._client.send(to.key, part))

    async def typing(self, to: Address, *, message_id: str = "") -> None:
        with suppress(SendError):
            await self._client.typing(to.key)

    async def answer_tap(self, to: Address, detail: Mapping[str, object]) -> None:
        with suppress(SendError):
            await self._client.answer_tap(str(detail.get("query", "")))

    async def poll(self, cursor: str) -> Polled:
        if not cursor:
            # While a webhook is set Telegram gives nothing away; this drops no update.
            await self._client.delete_webhook()
        updates = await self._client.fetch(cursor)
        cursor = str(updates[-1]["update_id"]) if updates else cursor
        return Polled([self._fetched(update) for update in updates], cursor)

    async def register(self) -> str:
        account = quote(self.account, safe="")
        secret = self._settings.secret_token
        url = f"{self._settings.public_url}/webhooks/{self.key}/{account}"
        await self._client.set_webhook(url, secret.get_secret_value() if secret else "")
        return f"Telegram posts updates to {url}"

    async def locate_media(self, item: MediaRef) -> MediaSource:
        return await self._client.locate(item.ref)

    async def link_with(self, token: str) -> str | None:
        # Opens the chat with a start button that sends "/start <token>" (core.telegram.org/bots/features).
        name = await self._client.name()
        return f"https://t.me/{quote(name, safe='')}?start={quote(token, safe='')}" if name else None

    async def check(self) -> str:
        return await self._client.check()

    async def close(self) -> None:
        await self._client.close()

    def _fetched(self, update: Mapping[str, object]) -> WebhookRequest:
        return WebhookRequest("POST", "", self.account, "", {}, json.dumps(update).encode())


build = Telegram.from_env
