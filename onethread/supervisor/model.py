"""Sees to it that the model fits the data it should be made of; training runs in Rasa's own environment."""

import asyncio
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from onethread.settings import ROOT
from onethread.supervisor import launch as launching
from onethread.supervisor import pidfile
from onethread.supervisor.instance import Instance, bot_python
from onethread.supervisor.launch import Launch, spawn

MODELS = ROOT / "models"
_SECRET_HEADER = "X-Onethread-Secret"  # noqa: S105 - the name of a header
_LOAD_LIMIT_S = 60.0


class TrainingFailed(RuntimeError):
    """There is no model for the present data; the text says why."""


@dataclass(frozen=True, slots=True)
class Models:
    """The model that fits the present data (it may not exist yet) and the newest other one."""

    wanted: Path
    older: Path | None


async def look(instance: Instance) -> Models:
    """Asks Rasa's room which model its data asks for.

    Raises:
        TrainingFailed: it could not tell, because the data or the environment is broken.
    """
    said = (await _run(instance, "fingerprint", "--print-fingerprint")).strip().splitlines()
    if not said:
        raise TrainingFailed("Rasa's room does not tell the fingerprint of its data.")
    wanted = MODELS / f"onethread-{said[-1].split()[-1]}.tar.gz"
    others = [path for path in MODELS.glob("onethread-*.tar.gz") if path != wanted]
    return Models(wanted, max(others, key=lambda path: path.stat().st_mtime, default=None))


async def train(instance: Instance) -> Path:
    """Trains and returns the new model.

    Raises:
        TrainingFailed: with what the training said last; an older model is still there.
    """
    said = (await _run(instance, "training")).splitlines()
    named = [line.removeprefix("model ") for line in said if line.startswith("model ")]
    if not named:
        raise TrainingFailed("The training ended without naming a model; see log/training.log.")
    return ROOT / named[-1]


async def load(client: httpx.AsyncClient, url: str, secret: str, model: Path) -> bool:
    """Asks a running Rasa process to change to `model`; False when it keeps the old one."""
    try:
        answer = await client.post(
            f"{url}/model",
            json={"path": str(model)},
            headers={_SECRET_HEADER: secret},
            timeout=_LOAD_LIMIT_S,
        )
    except httpx.HTTPError:
        return False
    return answer.status_code == httpx.codes.OK


async def _run(instance: Instance, name: str, *arguments: str) -> str:
    """Runs the trainer as a child that dies with us; returns what it printed."""
    data_dir = instance.options.data_dir
    command = (bot_python(), str(ROOT / "bot" / "train.py"), *arguments)
    run = Launch(_niced(command), env=instance.child_env(), cwd=ROOT, grace_s=2.0)
    log = data_dir / "log" / f"{name}.log"
    pid_path = data_dir / "run" / f"{name}.pid"
    with log.open("wb") as file:
        child = spawn(run, file)
    pidfile.record(pid_path, child.pid)
    try:
        while child.poll() is None:  # noqa: ASYNC110 - it is another process's state
            await asyncio.sleep(0.05)
    finally:
        if child.poll() is None:
            await asyncio.to_thread(launching.end, child, run)
        pid_path.unlink(missing_ok=True)
    said = log.read_text(errors="replace")
    if child.returncode != 0:
        raise TrainingFailed(f"{_last_line(said)} (all of it: {log})")
    return said


def _niced(command: Sequence[str]) -> tuple[str, ...]:
    """The command at a lower priority, so that a training beside customers does not slow them down."""
    nice = shutil.which("nice")
    return (nice, "-n", "10", *command) if nice else tuple(command)


def _last_line(said: str) -> str:
    return next((line.strip() for line in reversed(said.splitlines()) if line.strip()), "no word")
