"""Start the whole house as an operator does, and reach into it only from outside."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import IO, Any

import httpx
import psutil
import psycopg
from dotenv import dotenv_values
from psycopg.rows import dict_row

from onethread.supervisor import pidfile

ROOT = Path(__file__).resolve().parents[2]
START_LIMIT_S = 480.0
"""The issue's limit for a first start; a start with everything in place takes seconds."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RunningHouse:
    """One `bin/onethread up` on a port and a data directory of its own."""

    def __init__(
        self, folder: Path, env: dict[str, str] | None = None, options: tuple[str, ...] = ()
    ) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._env: dict[str, str] = {}
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None
        self.started_in_s = 0.0

    def add_env(self, **env: str) -> None:
        self._env |= env

    @property
    def log(self) -> str:
        return (self.folder / "up.log").read_text(encoding="utf-8", errors="replace")

    async def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        self._log = (self.folder / "up.log").open("ab")
        self._process = await asyncio.to_thread(
            subprocess.Popen,
            [
                str(ROOT / "bin" / "onethread"),
                "up",
                "--port",
                str(self.port),
                "--data-dir",
                str(self.folder / "data"),
                *self._options,
            ],
            env={**self._clean_environment(), **self._env},
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        await self.wait_ready(START_LIMIT_S)
        self.started_in_s = time.monotonic() - began

    @staticmethod
    def _clean_environment() -> dict[str, str]:
        ours = ("ONETHREAD_", "TWILIO_", "WHATSAPP_", "TELEGRAM_", "DATABASE_URL", "REDIS_URL")
        return {k: v for k, v in os.environ.items() if not k.startswith(ours)}

    async def wait_ready(self, limit_s: float, *, everything: bool = True) -> None:
        deadline = time.monotonic() + limit_s
        async with httpx.AsyncClient() as client:
            while time.monotonic() < deadline:
                assert self._process is not None
                if self._process.poll() is not None:
                    raise AssertionError(f"up ended with {self._process.returncode}:\n{self.log[-4000:]}")
                try:
                    answer = await client.get(f"{self.url}/ready{'?all=1' if everything else ''}", timeout=5)
                except httpx.HTTPError:
                    answer = None
                if answer is not None and answer.status_code == 200:
                    return
                await asyncio.sleep(0.2)
        raise AssertionError(f"not ready after {limit_s} s:\n{self.log[-4000:]}")

    async def stop(self, how: signal.Signals = signal.SIGINT) -> list[psutil.Process]:
        """End it as Ctrl-C does; returns what is still alive afterwards."""
        if self._process is None:
            return []
        family = self.family()
        if self._process.poll() is None:
            self._process.send_signal(how)
            await asyncio.to_thread(self._process.wait, 60)
        _, alive = await asyncio.to_thread(psutil.wait_procs, family, 15)
        if self._log is not None:
            self._log.close()
        self._process = None
        return alive

    def family(self) -> list[psutil.Process]:
        assert self._process is not None
        try:
            return psutil.Process(self._process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def process(self, name: str) -> psutil.Process:
        """The one process that shows as `onethread <name>`."""
        found = [p for p in self.family() if self._title(p).startswith(f"onethread {name}")]
        assert found, f"no process {name!r} among {[self._title(p) for p in self.family()]}"
        return found[0]

    @staticmethod
    def _title(process: psutil.Process) -> str:
        try:
            return " ".join(process.cmdline())
        except psutil.Error:
            return ""

    async def kill(self, name: str) -> None:
        """kill -9 of one process; waits until it is gone."""
        victim = self.process(name)
        victim.kill()
        await asyncio.to_thread(psutil.wait_procs, [victim], 5)

    async def revived(self, name: str, limit_s: float = 60.0) -> None:
        deadline = time.monotonic() + limit_s
        while time.monotonic() < deadline:
            try:
                self.process(name)
            except AssertionError:
                await asyncio.sleep(0.1)
            else:
                return
        raise AssertionError(f"{name} was not started again:\n{self.log[-3000:]}")

    async def pid(self, name: str, *, other_than: int = 0, limit_s: float = 90.0) -> int:
        """The process that stands for a part of the plan (`worker`: the first one), once there is one."""
        deadline = time.monotonic() + limit_s
        record = self.folder / "data" / "run"
        while time.monotonic() < deadline:
            for path in (record / f"{name}.pid", record / f"{name}-1.pid"):
                pid = pidfile.recorded(path)
                if pid is not None and pid != other_than:
                    return pid
            await asyncio.sleep(0.05)
        raise AssertionError(f"{name} was not started again:\n{self.log[-3000:]}")

    def setting(self, name: str) -> str:
        """As written for commands that are run beside the instance, or given to it."""
        found = dotenv_values(self.folder / "data" / "run" / "instance.env", interpolate=False)
        return str(found.get(name) or self._env[name])

    @property
    def database_url(self) -> str:
        return self.setting("DATABASE_URL")

    async def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        async with (
            await psycopg.AsyncConnection.connect(self.database_url, row_factory=dict_row) as conn,
            conn.cursor() as cursor,
        ):
            await cursor.execute(query, values)  # type: ignore[arg-type]
            return await cursor.fetchall()

    async def settled(self, limit_s: float = 120.0) -> None:
        """No accepted message waits any more and nothing is on its way out."""
        deadline = time.monotonic() + limit_s
        waiting: list[dict[str, Any]] = []
        while time.monotonic() < deadline:
            waiting = await self.rows(
                "select (select count(*) from inbox where status = 'pending') as inbox,"
                " (select count(*) from outbox where status in ('queued', 'sending')) as outbox"
            )
            if waiting == [{"inbox": 0, "outbox": 0}]:
                return
            await asyncio.sleep(0.25)
        raise AssertionError(f"still waiting after {limit_s} s: {waiting}\n{self.log[-3000:]}")
