"""The generator: customers who write numbered messages over every door, as people do: a few, then a pause."""

from __future__ import annotations

import asyncio
import itertools
import random
import string
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Self

from simulator.meta import FakeMeta
from simulator.platform import Platform
from simulator.telegram import FakeTelegram
from simulator.twilio import FakeTwilio

from .conservation import Got, Said, mark
from .tab import Tab

SAYINGS = (
    "hello there",
    "what are your opening hours?",
    "where is my order 1042?",
    "how long does delivery take?",
    "can I return something?",
    "thanks a lot",
)
_TAKEN_LIMIT_S = 900.0


class Phone(ABC):
    """One address of a customer; `name` is its mark."""

    door: str

    def __init__(self, name: str) -> None:
        self.name = name

    @abstractmethod
    async def say(self, text: str) -> float | None:
        """Returns when the platform needs to do no more: epoch seconds of the house's 2xx, None for none."""

    @abstractmethod
    def got(self) -> list[Got]:
        """What came, in order."""


class SmsPhone(Phone):
    door = "sms"

    def __init__(self, name: str, twilio: FakeTwilio, number: str) -> None:
        super().__init__(name)
        self._twilio, self._number = twilio, number

    async def say(self, text: str) -> float | None:
        # Twilio tries once. What it could not deliver stays in its list.
        status = await self._twilio.send_sms(self._number, text)
        return time.time() if 200 <= status < 300 else None

    def got(self) -> list[Got]:
        return [
            Got(self.name, self.door, item.oid, item.body, item.created.timestamp())
            for item in self._twilio.sent
            if item.to == self._number
        ]


class WhatsAppPhone(Phone):
    door = "whatsapp"

    def __init__(self, name: str, meta: FakeMeta, number: str) -> None:
        super().__init__(name)
        self._meta, self._number = meta, number

    async def say(self, text: str) -> float | None:
        await self._meta.send(self._number, text)
        return await _taken(self._meta, self._number, text)

    def got(self) -> list[Got]:
        return [
            Got(self.name, self.door, item.oid, item.text, item.at)
            for item in self._meta.sent
            if item.key == self._number
        ]


class TelegramPhone(Phone):
    door = "telegram"

    def __init__(self, name: str, telegram: FakeTelegram, chat: int) -> None:
        super().__init__(name)
        self._telegram, self._chat = telegram, chat

    async def say(self, text: str) -> float | None:
        await self._telegram.send_text(self._chat, text)
        return await _taken(self._telegram, str(self._chat), text)

    def got(self) -> list[Got]:
        return [
            Got(self.name, self.door, f"{item.chat}.{item.number}", item.text, float(item.at))
            for item in self._telegram.sent
            if item.chat == self._chat
        ]


class WebPhone(Phone):
    door = "web"

    def __init__(self, name: str, tab: Tab) -> None:
        super().__init__(name)
        self._tab = tab

    async def say(self, text: str) -> float | None:
        async with asyncio.timeout(_TAKEN_LIMIT_S):
            return await self._tab.say(text)

    def got(self) -> list[Got]:
        return [Got(self.name, self.door, item.id, item.text, item.at) for item in self._tab.shown]


async def _taken[M](platform: Platform[M], key: str, text: str) -> float:  # type: ignore[type-var]
    """When the house took the message of this text, which the platform posts until then."""
    bubble = next(item for item in reversed(platform.thread(key).bubbles) if item.text == text)
    async with asyncio.timeout(_TAKEN_LIMIT_S):
        while bubble.delivery is None or not bubble.delivery.taken:  # noqa: ASYNC110 - of one in hundreds
            await asyncio.sleep(0.05)
    return time.time()


@dataclass(slots=True)
class Traffic:
    """Some customers, each with a phone on every door. Use as a context: the web chats stay connected."""

    house_urls: Sequence[str]
    twilio: FakeTwilio
    meta: FakeMeta
    telegram: FakeTelegram
    customers: int
    rng: random.Random
    shuffled: bool = False
    """What a customer writes in one go is posted at the same time, in any order."""
    said: list[Said] = field(default_factory=list)
    run: str = ""
    """Begins every name of this run."""
    _phones: list[Phone] = field(default_factory=list)
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def __aenter__(self) -> Self:
        await self._stack.__aenter__()
        self.run = "".join(self.rng.choices(string.ascii_lowercase, k=4))
        block = self.rng.randrange(1000, 9999)
        urls = itertools.cycle(self.house_urls)
        for index in range(self.customers):
            who = f"{self.run}{_letters(index)}"
            number = f"+1{block}{index:06}"
            tab = await self._stack.enter_async_context(Tab(next(urls)))
            self._phones += (
                SmsPhone(f"{who}s", self.twilio, number),
                # Every second customer has one number for both.
                WhatsAppPhone(f"{who}w", self.meta, number if index % 2 else f"+2{number[2:]}"),
                TelegramPhone(f"{who}t", self.telegram, block * 100_000 + index),
                WebPhone(f"{who}b", tab),
            )
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._stack.__aexit__(None, None, None)

    async def flow(self, each: int, over_s: float) -> None:
        """Every phone writes `each` messages in some `over_s` seconds."""
        async with asyncio.TaskGroup() as group:
            for phone in self._phones:
                group.create_task(self._talk(phone, each, over_s, random.Random(self.rng.random())))

    async def _talk(self, phone: Phone, each: int, over_s: float, rng: random.Random) -> None:
        sizes: list[int] = []
        while sum(sizes) < each:
            sizes.append(min(rng.choice((1, 1, 2, 3)), each - sum(sizes)))
        began, number = time.monotonic(), 0
        for start_s in sorted(rng.uniform(0, over_s) for _ in sizes):
            await asyncio.sleep(max(0.0, start_s - (time.monotonic() - began)))
            goes = range(number, number + sizes.pop())
            number = goes.stop
            if self.shuffled:
                order = rng.sample(goes, len(goes))
                await asyncio.gather(*(self._say(phone, n, rng) for n in order))
            else:
                for n in goes:
                    await self._say(phone, n, rng)
                    await asyncio.sleep(rng.uniform(0.1, 1.5))

    async def _say(self, phone: Phone, number: int, rng: random.Random) -> None:
        text = f"{rng.choice(SAYINGS)} {mark(phone.name, number)}"
        began = time.time()
        acked = await phone.say(text)
        self.said.append(Said(phone.name, number, phone.door, began, acked))

    def got(self) -> list[Got]:
        """What all phones got, each in order."""
        return [one for phone in self._phones for one in phone.got()]


def _letters(index: int) -> str:
    """Numbers could be taken for an order's."""
    high, low = divmod(index, 26)
    return f"{string.ascii_lowercase[high]}{string.ascii_lowercase[low]}"
