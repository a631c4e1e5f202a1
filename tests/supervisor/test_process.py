"""One supervised child: restarted, killed when silent, stopped for good."""

import asyncio
import io
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from onethread.supervisor import pidfile
from onethread.supervisor.console import Console
from onethread.supervisor.launch import Launch
from onethread.supervisor.process import Part, StartFailed, Supervised

FOREVER = "import time; time.sleep(600)"


def part(code: str, folder: Path, beat: Callable[[], Awaitable[None]] | None = None) -> Part:
    async def at_once(_alive: Callable[[], bool]) -> None:
        return

    return Part("thing", lambda: Launch((sys.executable, "-c", code), cwd=folder, grace_s=5.0), at_once, beat)


def supervised(one: Part, folder: Path) -> tuple[Supervised, io.StringIO]:
    said = io.StringIO()
    return Supervised(one, folder, folder, Console(said)), said


async def wait_until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not is_so():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_a_killed_child_is_started_again_and_that_is_said(tmp_path: Path) -> None:
    child, said = supervised(part(FOREVER, tmp_path), tmp_path)
    running = asyncio.create_task(child.run())
    await asyncio.wait_for(child.is_ready.wait(), 20)
    first = child.pid
    child.kill()
    await wait_until(lambda: child.pid not in {None, first} and child.is_ready.is_set())
    assert "thing was ended by SIGKILL; starting it again in 0.5 s" in said.getvalue()
    await child.stop()
    await running
    assert child.pid is None


async def test_each_death_in_a_row_waits_longer(tmp_path: Path) -> None:
    child, said = supervised(part("raise SystemExit(3)", tmp_path), tmp_path)
    running = asyncio.create_task(child.run())
    await wait_until(lambda: "again in 1 s" in said.getvalue())
    await child.stop()
    await running
    lines = said.getvalue().splitlines()
    assert [line.split("] ")[1].split(" (its log")[0] for line in lines[:2]] == [
        "thing ended with exit code 3; starting it again in 0.5 s",
        "thing ended with exit code 3; starting it again in 1 s",
    ]


async def test_a_stopped_child_stays_stopped_and_leaves_no_record(tmp_path: Path) -> None:
    child, said = supervised(part(FOREVER, tmp_path), tmp_path)
    running = asyncio.create_task(child.run())
    await asyncio.wait_for(child.is_ready.wait(), 20)
    assert pidfile.recorded(tmp_path / "thing.pid") == child.pid
    await child.stop()
    await asyncio.wait_for(running, 5)
    assert said.getvalue() == ""
    assert not (tmp_path / "thing.pid").exists()


async def test_a_child_whose_loop_is_silent_for_three_seconds_is_killed(tmp_path: Path) -> None:
    hung = asyncio.Event()

    async def beat() -> None:
        if hung.is_set():
            await asyncio.sleep(600)

    child, said = supervised(part(FOREVER, tmp_path, beat), tmp_path)
    running = asyncio.create_task(child.run())
    await asyncio.wait_for(child.is_ready.wait(), 20)
    first = child.pid
    hung.set()
    await wait_until(lambda: "was silent for 3 s: killed" in said.getvalue())
    hung.clear()
    await wait_until(lambda: child.pid not in {None, first})
    await child.stop()
    await running


async def test_one_that_stands_still_is_killed_too(tmp_path: Path) -> None:
    """SIGSTOP: it exists, holds its port, and answers nobody."""
    child, _ = supervised(part(FOREVER, tmp_path), tmp_path)
    running = asyncio.create_task(child.run())
    await asyncio.wait_for(child.is_ready.wait(), 20)
    assert child.pid is not None
    first = child.pid
    os.kill(first, signal.SIGSTOP)
    child.kill()
    await wait_until(lambda: child.pid not in {None, first})
    await child.stop()
    await running


async def test_a_part_that_cannot_be_prepared_at_all_is_told_once(tmp_path: Path) -> None:
    def refuse() -> Launch:
        raise RuntimeError("There is no server for this machine.")

    async def never(_alive: Callable[[], bool]) -> None:
        raise AssertionError

    child, _ = supervised(Part("thing", refuse, never), tmp_path)
    with pytest.raises(StartFailed, match="thing cannot be started: There is no server for this machine"):
        await child.run()
