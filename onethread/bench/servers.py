"""Starts what is measured as child processes, waits until each answers, and reads what they weigh."""

import asyncio
import os
import subprocess
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from onethread.bench.wire import Wire, WireBroken
from onethread.supervisor.launch import Launch, end, spawn
from onethread.supervisor.ports import LOOPBACK


class ServerDied(RuntimeError):
    """A child ended, or did not get ready in time; the text names its log."""


@dataclass(frozen=True, slots=True)
class Server:
    """One running child and the seconds from its start until it was ready."""

    name: str
    pid: int
    port: int
    ready_s: float

    def cpu_s(self) -> float | None:
        """The seconds all its threads have computed so far; None where the system does not tell it so."""
        return computed_seconds(self.pid)

    def rss_mb(self) -> float:
        """Its resident memory now, in MB of 10^6 bytes."""
        return resident_bytes(self.pid) / 1e6


def resident_bytes(pid: int) -> int:
    """The resident memory of a process.

    Raises:
        ProcessLookupError: there is no such process.
    """
    statm = Path(f"/proc/{pid}/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    shown = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False)
    if not shown.stdout.strip():
        raise ProcessLookupError(pid)
    return int(shown.stdout) * 1024


def computed_seconds(pid: int) -> float | None:
    """User and system time of a process; None without /proc."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return None
    # The name may hold blanks and brackets, so the fields are counted from its last bracket.
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@asynccontextmanager
async def running(
    name: str,
    argv: tuple[str, ...],
    *,
    env: Mapping[str, str],
    cwd: Path,
    port: int,
    ready_path: str,
    log: Path,
    patience_s: float,
    grace_s: float = 10.0,
) -> AsyncIterator[Server]:
    """Runs a server for the length of the block; it is ready when `ready_path` answers 200.

    `grace_s`: how long it may take to end after SIGTERM.

    Raises:
        ServerDied: it ended or was not ready after `patience_s`.
    """
    launch = Launch(argv=argv, env=env, cwd=cwd, grace_s=grace_s)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as written:
        began = time.perf_counter()
        child = spawn(launch, written)
        try:
            async with Wire(LOOPBACK, port, timeout_s=5.0) as wire:
                while not await _is_ready(wire, ready_path):
                    if child.poll() is not None:
                        raise ServerDied(f"{name} ended at its start, code {child.returncode}; see {log}")
                    if time.perf_counter() - began > patience_s:
                        raise ServerDied(f"{name} was not ready after {patience_s:.0f} s; see {log}")
                    await asyncio.sleep(0.05)
            yield Server(name, child.pid, port, time.perf_counter() - began)
        finally:
            end(child, launch)


async def _is_ready(wire: Wire, path: str) -> bool:
    try:
        return (await wire.get(path, {})).status == 200
    except WireBroken:
        return False
