"""Runs a whole instance as `up` does, with a scratch data directory, for the length of a measurement."""

import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values

from onethread.bench.servers import running
from onethread.bench.weights import parts_of
from onethread.settings import INSTANCE_ENV
from onethread.supervisor.instance import house_command
from onethread.supervisor.ports import LOOPBACK, free_port
from onethread.supervisor.postgres import EmbeddedPostgres

_OURS = ("ONETHREAD_", "TWILIO_", "WHATSAPP_", "TELEGRAM_", "WEBCHAT_", "DATABASE_URL", "REDIS_URL")
_READY_S = 120.0


@dataclass(frozen=True, slots=True)
class Instance:
    """A running instance, every part of it ready. ready_s: seconds from its start to there."""

    port: int
    data_dir: Path
    ready_s: float
    supervisor_pid: int

    @property
    def settings(self) -> dict[str, str]:
        """What its processes were told."""
        told = dotenv_values(self.data_dir / INSTANCE_ENV, interpolate=False)
        return {name: value for name, value in told.items() if value is not None}

    @property
    def database_url(self) -> str:
        """Its own Postgres."""
        return self.settings["DATABASE_URL"]

    def parts(self) -> dict[str, int]:
        """Name -> pid of each of its processes now."""
        return parts_of(self.data_dir)


@contextmanager
def scratch(place: Path) -> Iterator[Path]:
    """A data directory of its own below `place`; at the end it is gone, wherever its Postgres lived."""
    place.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="instance-", dir=place))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        EmbeddedPostgres(folder / "postgres").destroy()
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def running_instance(
    root: Path,
    data_dir: Path,
    log: Path,
    *,
    doors: Mapping[str, str],
    workers: int = 1,
    rasa_processes: int = 1,
) -> AsyncIterator[Instance]:
    """Runs `up` on free ports with these doors for the length of the block.

    Raises:
        ServerDied: it ended, or was not ready in two minutes.
    """
    port = free_port()
    counts = ("--workers", str(workers), "--rasa-processes", str(rasa_processes))
    began = time.perf_counter()
    async with running(
        "the instance",
        house_command("up", "--port", str(port), "--data-dir", str(data_dir), "--no-simulator", *counts),
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith(_OURS)},
            "ONETHREAD_PUBLIC_URL": f"http://{LOOPBACK}:{port}",
            "PYTHONPATH": str(root),
            **doors,
        },
        cwd=root,
        port=port,
        ready_path="/ready?all=1",
        log=log,
        patience_s=_READY_S,
        grace_s=60.0,
    ) as server:
        yield Instance(port, data_dir, time.perf_counter() - began, server.pid)
