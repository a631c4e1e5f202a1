"""Starts the rooms around a turn: the action server, our Rasa with its model, and stock Rasa."""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import yaml

from onethread.bench import stock
from onethread.bench.servers import Server, running
from onethread.bench.wire import Wire
from onethread.supervisor.ports import LOOPBACK, free_port

Say = Callable[[str], None]


class CannotMeasure(RuntimeError):
    """Something the measurement needs is not there; the text says what, and what to do."""


def place_of(root: Path) -> Path:
    """Where logs, stores and reports live."""
    return root / "var" / "bench"


def run_actions(root: Path, url: str, secret: str) -> AbstractAsyncContextManager[Server]:
    """The action server on the shop of this database, for the length of a block."""
    port = free_port()
    env = {
        **os.environ,
        "PYTHONPATH": str(root),
        "DATABASE_URL": url,
        "REDIS_URL": f"redis://{LOOPBACK}:1/0",  # a setting every process must have; actions never use it
        "ONETHREAD_PORT": str(port),
        "ONETHREAD_ACTIONS_URL": f"http://{LOOPBACK}:{port}/webhook",
        "ONETHREAD_INTERNAL_SECRET": secret,
        "ONETHREAD_SECRET_KEY": secrets.token_hex(32),
    }
    return running(
        "the action server",
        (sys.executable, "-P", "-m", "onethread.cli", "actions"),
        env=env,
        cwd=root,
        port=port,
        ready_path="/health",
        log=place_of(root) / "actions.log",
        patience_s=60,
    )


def run_stock(
    root: Path,
    python: Path,
    trained: stock.StockModel,
    env: Mapping[str, str],
    endpoints: str = "endpoints.yml",
) -> AbstractAsyncContextManager[Server]:
    """Stock Rasa with its REST channel; `endpoints`: a file of the model's folder, or a whole path."""
    port = free_port()
    return running(
        "stock Rasa",
        stock.serve_argv(python, trained, port, endpoints),
        env=stock.environment(env),
        cwd=trained.folder,
        port=port,
        ready_path="/status",
        log=place_of(root) / "stock-rasa.log",
        patience_s=900,
    )


def run_ours(root: Path, model: Path, env: Mapping[str, str]) -> AbstractAsyncContextManager[Server]:
    """One Rasa process of ours."""
    port = free_port()
    return running(
        "Rasa",
        (str(_bot_python(root)), "bot/server.py", "--port", str(port)),
        env={**os.environ, **env, "ONETHREAD_MODEL": str(model), "RASA_TELEMETRY_ENABLED": "false"},
        cwd=root,
        port=port,
        ready_path="/ready",
        log=place_of(root) / "onethread-rasa.log",
        patience_s=60,
    )


def train_ours(root: Path, say: Say) -> Path:
    """Our model of the data as it is now, trained if there is none.

    Raises:
        CannotMeasure: no environment for Rasa, or it did not train.
    """
    argv = [str(_bot_python(root)), "bot/train.py"]
    say("looking for our model of this data (trained now if there is none)")
    env = {**os.environ, "RASA_TELEMETRY_ENABLED": "false"}
    done = subprocess.run(argv, cwd=root, env=env, stdout=subprocess.PIPE, text=True, check=False)
    told = done.stdout.strip().splitlines()
    if done.returncode or not told or not told[-1].startswith("model "):
        raise CannotMeasure(f"Our model did not train (code {done.returncode}); see `bin/onethread train`.")
    return root / told[-1].removeprefix("model ")


def _bot_python(root: Path) -> Path:
    python = root / ".venvs" / "bot" / "bin" / "python"
    if not python.exists():
        raise CannotMeasure("There is no environment for Rasa yet; `bin/onethread train` makes it.")
    return python


async def max_history(port: int) -> int:
    """How far back the loaded model looks, as the worker asks for it."""
    async with Wire(LOOPBACK, port) as wire:
        return int(json.loads((await wire.get("/ready", {})).body)["max_history"])


def custom_actions(domain: Path) -> frozenset[str]:
    """The actions the action server runs, as the domain's files name them."""
    contents = (yaml.safe_load(path.read_text(encoding="utf-8")) or {} for path in domain.rglob("*.yml"))
    return frozenset(name for content in contents for name in content.get("actions", ()))
