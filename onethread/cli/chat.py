"""`onethread chat`: a conversation in this terminal, through the same socket as the page."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import re
import sys
from typing import Any
from uuid import uuid4

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from onethread.settings import Settings, SettingsError

# What a terminal would act on instead of showing.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_LAST_WORDS_S = 15.0
_WHO = {"bot": "assistant", "house": "shop", "agent": "person"}


def main(argv: list[str]) -> int:
    """0: the conversation ended; 1: the web process cannot be reached; 2: wrong use or settings."""
    parser = argparse.ArgumentParser(prog="onethread chat", description=__doc__)
    parser.add_argument("--url", help="the house's public URL; default: of the instance that is up")
    given = parser.parse_args(argv)
    try:
        url = (given.url or Settings.load().public_url).rstrip("/")
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    try:
        asyncio.run(_talk(url))
    except (httpx.HTTPError, OSError, InvalidStatus, ConnectionClosed) as error:
        sys.stderr.write(f"The chat at {url} cannot be reached ({type(error).__name__}).\n")
        return 1
    return 0


async def _talk(url: str) -> None:
    async with httpx.AsyncClient(headers={"origin": url}, timeout=10) as http:
        answer = (await http.post(f"{url}/chat/session", json={"embed": True})).raise_for_status()
    socket_url = f"ws{url.removeprefix('http')}/chat/socket"
    async with connect(socket_url, additional_headers={"origin": url}, proxy=None) as wire:
        await wire.send(
            json.dumps({"type": "hello", "token": answer.json()["token"], "last_seq": 0, "thread": ""})
        )
        talk = _Talk(wire)
        listening = asyncio.create_task(talk.listen())
        try:
            await talk.speak()
        finally:
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listening


class _Talk:
    """Both directions of one conversation."""

    def __init__(self, wire: ClientConnection) -> None:
        self._wire = wire
        self._buttons: list[dict[str, str]] = []
        self._quiet = asyncio.Event()
        self._quiet.set()

    async def speak(self) -> None:
        """Sends each line typed; a number chooses the button of that number. Waits for the last answer."""
        sys.stderr.write("Type a message; a number chooses a button; Ctrl-D ends.\n")
        while line := await asyncio.to_thread(sys.stdin.readline):
            words = line.strip()
            if not words:
                continue
            if not sys.stdin.isatty():
                await self._settled()
            self._quiet.clear()
            await self._wire.send(json.dumps({"id": str(uuid4()), **self._frame(words)}))
        await self._settled()

    def _frame(self, words: str) -> dict[str, str]:
        if words.isdecimal() and 0 < int(words) <= len(self._buttons):
            return {"type": "tap", "tap": self._buttons[int(words) - 1]["tap"]}
        return {"type": "message", "text": words}

    async def _settled(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LAST_WORDS_S):
                await self._quiet.wait()

    async def listen(self) -> None:
        """Prints what comes."""
        async for data in self._wire:
            frame = json.loads(data)
            match frame["type"]:
                case "lines":
                    for line in frame["items"]:
                        self._show(line)
                case "refused":
                    sys.stderr.write(f"(not taken: {frame['reason']})\n")
                    self._quiet.set()

    def _show(self, line: dict[str, Any]) -> None:
        if line["from"] == "me":
            return
        for part in line["parts"]:
            text = _CONTROLS.sub("", part["text"])
            sys.stdout.write(f"{line['agent'] or _WHO.get(line['from'], line['from'])}: {text}\n")
            if part["buttons"]:
                self._buttons = part["buttons"]
            for number, button in enumerate(part["buttons"], 1):
                sys.stdout.write(f"  {number}. {_CONTROLS.sub('', button['title'])}\n")
        sys.stdout.flush()
        self._quiet.set()
