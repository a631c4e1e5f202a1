"""One supervised child: started, watched, started again with back-off, and ended."""

import asyncio
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from onethread.supervisor import pidfile
from onethread.supervisor.backoff import Backoff
from onethread.supervisor.console import Console
from onethread.supervisor.launch import Launch, spawn

_POLL_S = 0.1
_BEAT_EVERY_S = 1.0
HEARTBEAT_SILENCE_S = 3.0
_LOG_MAX_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Part:
    """What one child is: how to start it and how to know that it works.

    `prepare` may block (it runs in a thread) and gives the launch; `ready` returns when the child answers and
    raises when it cannot; `beat` is asked each second and must answer within three, or the child is killed.
    """

    name: str
    prepare: Callable[[], Launch]
    ready: Callable[[Callable[[], bool]], Awaitable[None]]
    beat: Callable[[], Awaitable[None]] | None = None


class StartFailed(RuntimeError):
    """A part cannot even be prepared; the text says why. Trying again would not help."""


class Supervised:
    """Keeps one part alive until `stop`. `is_ready` is set while it answers."""

    def __init__(self, part: Part, run_dir: Path, log_dir: Path, console: Console) -> None:
        self.part = part
        self.is_ready = asyncio.Event()
        self.beat_paused = False
        self._pid_path = run_dir / f"{part.name}.pid"
        self._log_path = log_dir / f"{part.name}.log"
        self._console = console
        self._child: subprocess.Popen[bytes] | None = None
        self._launch: Launch | None = None
        self._stop = asyncio.Event()

    @property
    def pid(self) -> int | None:
        """The child's process id while it lives."""
        return self._child.pid if self._alive() and self._child else None

    async def run(self) -> None:
        """Starts the child and starts it again whenever it ends; returns after `stop`.

        Raises:
            StartFailed: it could not be prepared, the first time.
        """
        backoff = Backoff()
        while not self._stop.is_set():
            begun = time.monotonic()
            ended = await self._live_once()
            self.is_ready.clear()
            if self._stop.is_set():
                return
            backoff = backoff.after_death(time.monotonic() - begun)
            again = f"starting it again in {backoff.wait_s:g} s (its log: {self._log_path})"
            self._console.say(f"{self.part.name} {ended}; {again}")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), backoff.wait_s)

    async def stop(self) -> None:
        """Ends the child with its own signals and keeps it ended."""
        self._stop.set()
        if self._launch is None:
            return
        for signum in self._launch.stop_signals:
            self._signal(signum)
            if await self._ended_within(self._launch.grace_s):
                break
        self._pid_path.unlink(missing_ok=True)

    def kill(self) -> None:
        """Ends the child at once."""
        self._signal(signal.SIGKILL)

    async def _live_once(self) -> str:
        """One life of the child; returns how it ended, for the person reading."""
        try:
            self._launch = await asyncio.to_thread(self.part.prepare)
        except Exception as error:
            if self._launch is None:
                raise StartFailed(f"{self.part.name} cannot be started: {error}") from error
            return f"cannot be started ({error})"
        if self._stop.is_set():
            return "was stopped"
        # Not in a thread: the kernel ties the child's life to the thread that starts it.
        with self._log_path.open("ab") as log:
            self._child = spawn(self._launch, log)
        pidfile.record(self._pid_path, self._child.pid)
        watchers = [asyncio.create_task(self._get_ready())]
        if self.part.beat is not None:
            watchers.append(asyncio.create_task(self._listen(self.part.beat)))
        try:
            while self._alive():
                await asyncio.sleep(_POLL_S)
                self._bound_log()
        finally:
            for watcher in watchers:
                watcher.cancel()
            await asyncio.gather(*watchers, return_exceptions=True)
        self._pid_path.unlink(missing_ok=True)
        return _how_it_ended(self._child.wait())

    async def _get_ready(self) -> None:
        try:
            await self.part.ready(self._alive)
        except Exception as error:  # said to the operator; the child is started again
            if self._alive() and not self._stop.is_set():
                self._console.say(f"{self.part.name} does not get ready ({error})")
                self.kill()
            return
        self.is_ready.set()

    async def _listen(self, beat: Callable[[], Awaitable[None]]) -> None:
        await self.is_ready.wait()
        last = time.monotonic()
        while True:
            try:
                async with asyncio.timeout_at(last + HEARTBEAT_SILENCE_S):
                    await beat()
                last = time.monotonic()
            except Exception:  # every way of not answering counts the same
                if self.beat_paused:
                    last = time.monotonic()
                elif time.monotonic() - last >= HEARTBEAT_SILENCE_S:
                    self._console.say(f"{self.part.name} was silent for {HEARTBEAT_SILENCE_S:g} s: killed")
                    self.kill()
                    return
            await asyncio.sleep(_BEAT_EVERY_S)

    def _alive(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def _signal(self, signum: signal.Signals) -> None:
        if self._child is not None and self._child.poll() is None:
            self._child.send_signal(signum)

    async def _ended_within(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while self._alive():
            if time.monotonic() > until:
                return False
            await asyncio.sleep(0.02)
        return True

    def _bound_log(self) -> None:
        """Puts a log that has grown too long aside; children append, so they go on in the emptied file."""
        if self._log_path.stat().st_size > _LOG_MAX_BYTES:
            shutil.copyfile(self._log_path, self._log_path.with_suffix(".log.1"))
            os.truncate(self._log_path, 0)


def _how_it_ended(code: int) -> str:
    if code >= 0:
        return f"ended with exit code {code}"
    return f"was ended by {signal.Signals(-code).name}"
