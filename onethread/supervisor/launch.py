"""What a child is started with, as data, and the one function that starts it tied to our own life."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

SHIM = Path(__file__).with_name("shim.py")


@dataclass(frozen=True, slots=True)
class Account:
    """An existing user of the machine, by number."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Launch:
    """One child: its command (first word an absolute path), surroundings, and the signals that end it."""

    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    cwd: Path | None = None
    run_as: Account | None = None
    death_signal: signal.Signals = signal.SIGKILL
    stop_signals: tuple[signal.Signals, ...] = (signal.SIGTERM, signal.SIGKILL)
    grace_s: float = 10.0


def shim_argv(launch: Launch, pipe: int) -> list[str]:
    """The command line that runs `launch` below the shim; `pipe` is -1 where the kernel watches."""
    account = launch.run_as or Account(-1, -1)
    numbers = (account.uid, account.gid, int(launch.death_signal), os.getpid(), pipe)
    return [sys.executable, "-I", "-S", str(SHIM), *map(str, numbers), *launch.argv]


def kernel_watches() -> bool:
    """Whether the kernel itself can end a child at our death."""
    return sys.platform.startswith("linux")


def spawn(launch: Launch, log: IO[bytes] | int, *, by_pipe: bool | None = None) -> subprocess.Popen[bytes]:
    """Starts a child in its own session; it gets its death signal when this process ends, however it ends.

    Call it from the main thread: the kernel ties the child to the thread that started it.
    """
    by_pipe = not kernel_watches() if by_pipe is None else by_pipe
    reading = -1
    if by_pipe:
        reading, _held_open = os.pipe()  # our end closes when we end: that is the message
    child = subprocess.Popen(
        shim_argv(launch, reading),
        env=dict(launch.env),
        cwd=launch.cwd,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        pass_fds=(reading,) if by_pipe else (),
    )
    if by_pipe:
        os.close(reading)
    return child


def end(child: subprocess.Popen[bytes], launch: Launch) -> int:
    """Ends a child with its stop signals in turn and returns its exit code."""
    for signum in launch.stop_signals:
        if child.poll() is not None:
            break
        child.send_signal(signum)
        try:
            child.wait(launch.grace_s)
        except subprocess.TimeoutExpired:
            continue
    return child.wait()
