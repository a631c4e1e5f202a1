"""A server that comes along with us, run as a child of whoever needs it: started, awaited, ended."""

import subprocess
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path

from onethread.supervisor import pidfile
from onethread.supervisor.launch import Launch, end, spawn


class EmbeddedServer(ABC):
    """One server whose things are in `folder`.

    Tests call `start` and `stop`. The supervisor calls `prepare`, runs `launch()` as a child of its own, and
    then `wait_ready`. `url` is known after `prepare` and keeps its value.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        self._child: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """Its address, with its password."""

    @property
    @abstractmethod
    def log_path(self) -> Path:
        """What it says when `start` runs it."""

    @property
    def pid_path(self) -> Path:
        """Where the running server is recorded."""
        return self._folder / "server.pid"

    @abstractmethod
    def prepare(self) -> None:
        """Makes what it needs, and ends one that an earlier supervisor left behind."""

    @abstractmethod
    def launch(self) -> Launch:
        """How it is run; call `prepare` first."""

    @abstractmethod
    def wait_ready(self, alive: Callable[[], bool]) -> None:
        """Returns when it answers; raises when it ended, or does not answer in time."""

    def start(self) -> str:
        """Prepares and runs it as a child of this process; returns its URL when it answers."""
        self.prepare()
        with self.log_path.open("ab") as log:
            child = spawn(self.launch(), log)
        self._child = child
        pidfile.record(self.pid_path, child.pid)
        try:
            self.wait_ready(lambda: child.poll() is None)
        except BaseException:
            self.stop()
            raise
        return self.url

    def stop(self) -> None:
        """Ends a server that `start` started; does nothing otherwise."""
        if self._child is not None:
            end(self._child, self.launch())
            self._child = None
            self.pid_path.unlink(missing_ok=True)
