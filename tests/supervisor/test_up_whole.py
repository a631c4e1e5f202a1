"""The whole instance, as `bin/onethread up` runs it: what dies comes back, and nothing is left behind."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from onethread.settings import INSTANCE_ENV, ROOT
from onethread.supervisor import pidfile
from onethread.supervisor.place import SYSTEM_HOME
from onethread.supervisor.ports import free_port

pytestmark = [pytest.mark.slow, pytest.mark.rasa]


class Instance:
    """One `up` in a process of its own."""

    def __init__(self, data_dir: Path, port: int) -> None:
        self.data_dir, self.port = data_dir, port
        self.log = data_dir.with_name(f"{data_dir.name}-{port}.log")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "onethread.cli",
                    "up",
                    "--data-dir",
                    str(data_dir),
                    "--port",
                    str(port),
                ],
                cwd=ROOT,
                env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    @property
    def said(self) -> str:
        return self.log.read_text()

    def pid_of(self, part: str) -> int | None:
        return pidfile.recorded(self.data_dir / "run" / f"{part}.pid")

    def pids(self) -> dict[int, str | None]:
        """Every process whose parent is this `up` (Postgres' own children end with it)."""
        found = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        rows = [line.split() for line in found.splitlines()]
        return {int(pid): pidfile.birth(int(pid)) for pid, ppid in rows if int(ppid) == self.process.pid}

    def is_ready(self) -> bool:
        assert self.process.poll() is None, self.said
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/ready", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)


def wait_until(is_so: Callable[[], bool], within_s: float = 120.0) -> None:
    until = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.1)


def all_gone(pids: dict[int, str | None]) -> bool:
    return all(pidfile.birth(pid) != born for pid, born in pids.items())


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Instance]]:
    started: list[Instance] = []

    def begin(name: str = "var", port: int | None = None) -> Instance:
        started.append(Instance(tmp_path / name, port or free_port()))
        return started[-1]

    yield begin
    for instance in started:
        if instance.process.poll() is None:
            instance.process.kill()
            instance.process.wait()
    for instance in started:
        elsewhere = instance.data_dir / "postgres" / "lives-in"
        home = Path(elsewhere.read_text().strip()) if elsewhere.exists() else None
        wait_until(lambda one=instance: one.pid_of("postgres") is None)  # type: ignore[misc]
        if home is not None and home.parent == SYSTEM_HOME:
            subprocess.run(["rm", "-rf", str(home)], check=True)


def test_dead_parts_come_back_and_ctrl_c_leaves_nothing(start: Callable[..., Instance]) -> None:
    instance = start()
    wait_until(instance.is_ready, 480)
    for part, signum in (
        ("worker-1", signal.SIGKILL),
        ("actions", signal.SIGKILL),
        ("rasa-1", signal.SIGSTOP),
    ):
        before = instance.pid_of(part)
        assert before is not None
        os.kill(before, signum)
        wait_until(lambda part=part, before=before: instance.pid_of(part) not in {None, before})  # type: ignore[misc]
    assert "rasa-1 was silent for 3 s: killed" in instance.said
    assert re.search(r"worker-1 was ended by SIGKILL; starting it again in 0.5 s", instance.said)
    wait_until(instance.is_ready)
    children = instance.pids()
    assert instance.interrupt() == 0
    assert all_gone(children)
    assert not list((instance.data_dir / "run").glob("*.pid"))
    assert not (instance.data_dir / INSTANCE_ENV).exists()


def test_a_killed_up_leaves_nothing_and_a_second_one_takes_over(
    start: Callable[..., Instance],
) -> None:
    first = start()
    wait_until(first.is_ready, 480)
    children = first.pids()
    assert len(children) >= 6
    first.process.kill()
    wait_until(lambda: all_gone(children), 20)

    second = start(port=first.port)
    wait_until(second.is_ready)
    third = start(port=first.port)
    wait_until(lambda: second.process.poll() is not None)
    assert second.process.returncode == 0
    wait_until(third.is_ready)
    assert f"another `up` (process {second.process.pid}) runs on" in third.said


def test_two_instances_run_side_by_side(start: Callable[..., Instance]) -> None:
    one, other = start("one"), start("other")
    wait_until(lambda: one.is_ready() and other.is_ready(), 480)
    assert not {*one.pids()} & {*other.pids()}
    assert one.interrupt() == 0
    assert other.is_ready()
