"""Forty talks over the real path: webhooks of the apps in, what each phone shows out, word for word."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any

import pytest
import pytest_asyncio

from simulator.acts import Act, Deed
from simulator.platform import Platform
from simulator.threads import Bubble, Side

from .conftest import Stage
from .scripts import LANGUAGES, Script, pattern, scripts

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.rasa]

SCRIPTS = scripts()
_AT_ONCE = 8
_ANSWER_S = 20.0


class Phone:
    """The phone of one script's customer."""

    def __init__(self, stage: Stage, script: Script, number: int) -> None:
        apps: Mapping[str, tuple[Platform[Any], str]] = {
            "telegram": (stage.telegram, str(8_400_000 + number)),
            "whatsapp": (stage.meta, script.phone or f"+1555840{number:04d}"),
            "sms": (stage.twilio, script.phone or f"+1555841{number:04d}"),
        }
        self.app, self.key = apps[script.app]
        self.seen = 0

    def shown(self) -> list[Bubble]:
        return [bubble for bubble in self.app.thread(self.key).bubbles if bubble.side == Side.IN]

    def new(self) -> str:
        return "\n".join(bubble.text for bubble in self.shown()[self.seen :])

    async def hears(self, words: re.Pattern[str]) -> None:
        """Wait until what is new is just that; raises `TimeoutError`."""
        await self.app.until(lambda: words.fullmatch(self.new()) is not None, _ANSWER_S)

    async def say(self, text: str) -> None:
        """Type it, or tap the button that says so."""
        before, self.seen = self.shown(), len(self.shown())
        for bubble in reversed(before):
            for choice in bubble.choices:
                if choice.label == text:
                    tap = Act(Deed.TAP, bubble=bubble.id, choice=choice.id)
                    assert await self.app.act(self.key, tap) // 100 == 2
                    return
        assert await self.app.act(self.key, Act(Deed.TEXT, text=text)) // 100 == 2


async def play(phone: Phone, script: Script) -> str:
    """Lead the talk; what went wrong, or nothing."""
    for place, turn in enumerate(script.turns):
        await phone.say(turn.says)
        right = pattern(turn, script.language, first=place == 0)
        try:
            await phone.hears(right)
        except TimeoutError:
            return f"{turn.says!r} was answered with {phone.new()!r} and not with {', '.join(turn.hears)}"
    phone.seen = len(phone.shown())
    return ""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def played(stage: Stage) -> dict[str, str]:
    """What went wrong in each talk; several are led at once."""
    phones = {script.name: Phone(stage, script, number) for number, script in enumerate(SCRIPTS)}
    turnstile = asyncio.Semaphore(_AT_ONCE)

    async def led(script: Script) -> str:
        async with turnstile:
            return await play(phones[script.name], script)

    wrong = await asyncio.gather(*map(led, SCRIPTS))
    await stage.house.settled()
    return {script.name: why or phones[script.name].new() for script, why in zip(SCRIPTS, wrong, strict=True)}


async def test_there_are_ten_talks_in_each_language() -> None:
    for language in LANGUAGES:
        assert sum(script.language == language for script in SCRIPTS) >= 10


@pytest.mark.parametrize("name", [script.name for script in SCRIPTS])
async def test_a_talk_goes_as_written(played: dict[str, str], name: str) -> None:
    assert played[name] == "", "what was said is not what stands there, or more was said after it"
