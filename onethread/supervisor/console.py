"""What `up` says to the person who started it: short lines with the seconds since the start."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TextIO

STILL_EVERY_S = 10.0


class Console:
    """Prints progress; a closed pipe behind it never stops the instance."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._started = time.monotonic()

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started

    def say(self, line: str) -> None:
        """One line with the time."""
        self.plain(f"[{self.elapsed:5.1f} s] {line}")

    def plain(self, text: str) -> None:
        """Text as it is."""
        try:
            self._stream.write(f"{text}\n")
            self._stream.flush()
        except (BrokenPipeError, OSError, ValueError):
            return

    @asynccontextmanager
    async def step(self, doing: str, done: str) -> AsyncIterator[None]:
        """Says when a step is done and, while it is long, that it still runs."""
        begun = time.monotonic()
        reminder = asyncio.create_task(self._remind(doing, begun))
        try:
            yield
        finally:
            reminder.cancel()
        self.say(f"{done} ({time.monotonic() - begun:.1f} s)")

    async def _remind(self, doing: str, begun: float) -> None:
        while True:
            await asyncio.sleep(STILL_EVERY_S)
            self.say(f"still {doing}, {time.monotonic() - begun:.0f} s")
