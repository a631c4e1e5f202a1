"""`onethread train`: trains the model in Rasa's environment when anything it is made of has changed."""

import subprocess

from onethread.settings import ROOT, environment
from onethread.supervisor.instance import bot_python


def main(argv: list[str]) -> int:
    """The trainer's own exit code: 0 a fitting model is there, 1 training failed, 2 the data is wrong."""
    env = environment() | {"RASA_TELEMETRY_ENABLED": "false"}
    return subprocess.run(
        [bot_python(), str(ROOT / "bot" / "train.py"), *argv], env=env, check=False
    ).returncode
