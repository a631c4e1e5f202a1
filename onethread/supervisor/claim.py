"""Makes one `up` the only one on a data directory: ends what an earlier one left, once sure who it is."""

import fcntl
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from onethread.supervisor import pidfile

SUPERVISOR = "supervisor.pid"
_GRACE_S = 45.0
_CHILD_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)


def make_folders(data_dir: Path) -> None:
    """The data directory and its folders; an existing directory keeps its mode.

    Root's is enterable, because its Postgres runs as another user; everything private in it has its own mode.
    """
    if not data_dir.exists():
        data_dir.mkdir(parents=True)
        data_dir.chmod(0o711 if os.geteuid() == 0 else 0o700)
    for name in ("run", "log"):
        (data_dir / name).mkdir(mode=0o700, exist_ok=True)


def claim(data_dir: Path, say: Callable[[str], None]) -> IO[str]:
    """Takes the data directory over; keep the returned file open for as long as the instance lives.

    Raises:
        TimeoutError: an earlier instance does not end.
    """
    run = data_dir / "run"
    lock = (run / "supervisor.lock").open("w")
    until = time.monotonic() + 2 * _GRACE_S
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            holder = pidfile.recorded(run / SUPERVISOR)
            if holder is not None:
                say(f"another `up` (process {holder}) runs on {data_dir}; ending it")
                pidfile.end(run / SUPERVISOR, (signal.SIGTERM, signal.SIGKILL), _GRACE_S)
            if time.monotonic() > until:
                raise TimeoutError(f"Another process holds {data_dir} and does not end.") from None
            time.sleep(0.1)
    end_leftovers(data_dir, say)
    pidfile.record(run / SUPERVISOR, os.getpid())
    return lock


def end_leftovers(data_dir: Path, say: Callable[[str], None]) -> None:
    """Ends the children of a supervisor that is gone."""
    for path in sorted((data_dir / "run").glob("*.pid")):
        if path.name != SUPERVISOR and pidfile.end(path, _CHILD_SIGNALS, grace_s=10):
            say(f"ended {path.stem}, which an earlier start had left behind")


def end_instance(data_dir: Path, say: Callable[[str], None]) -> bool:
    """Ends the instance on `data_dir` and whatever is left of it; False when nothing ran."""
    ended = pidfile.end(data_dir / "run" / SUPERVISOR, (signal.SIGTERM, signal.SIGKILL), _GRACE_S)
    end_leftovers(data_dir, say)
    return ended
