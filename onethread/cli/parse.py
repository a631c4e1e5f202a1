"""`onethread parse`: what the assistant understands of texts, without any conversation."""

import argparse
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from onethread.settings import ROOT
from onethread.supervisor.instance import bot_python


class NoModel(RuntimeError):
    """There is no model of the present data and none could be trained; the text says what to do."""


def main(argv: list[str]) -> int:
    """Reads texts from standard input, one a line; prints one JSON object a line, in order.

    0: all read; 1: there is no model to read with; 2: wrong use. Trains first when the data has changed.
    """
    argparse.ArgumentParser(
        prog="onethread parse",
        description="Read texts from standard input, one a line; print one JSON object a line.",
    ).parse_args(argv)
    try:
        command = reader(wanted_model())
    except NoModel as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return subprocess.run(command, cwd=ROOT, env=rasa_environment(), check=False).returncode


def reader(model: Path, *, timed: bool = False) -> list[str]:
    """The command that reads texts with a model in Rasa's environment; it loads the model once."""
    return [bot_python(), str(ROOT / "bot" / "parse.py"), str(model), *(["--timed"] if timed else [])]


def wanted_model() -> Path:
    """The model of the present data, trained now if need be; what the training says goes to stderr.

    Raises:
        NoModel: Rasa's environment is not there, or the training failed.
    """
    if not Path(bot_python()).exists():
        raise NoModel("Rasa's environment is not there yet: call `bin/onethread parse`, which makes it.")
    named = ""
    with subprocess.Popen(
        [bot_python(), str(ROOT / "bot" / "train.py")],
        cwd=ROOT,
        env=rasa_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    ) as training:
        for line in training.stdout or ():
            if line.startswith("model "):
                named = line.removeprefix("model ").strip()
            else:
                sys.stderr.write(line)
    if training.returncode != 0 or not named:
        raise NoModel("There is no model to read with: the training failed, see above.")
    return ROOT / named


def rasa_environment(env: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Our environment as Rasa's room wants it: nothing of the house's Python, no telemetry."""
    kept = {name: value for name, value in env.items() if name not in {"PYTHONPATH", "PYTHONHOME"}}
    return kept | {
        "RASA_TELEMETRY_ENABLED": "false",
        "PYTHONIOENCODING": "utf-8",
        "PYTHONWARNINGS": "ignore",  # of the libraries Rasa pins, while they are imported
    }
