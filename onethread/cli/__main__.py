"""Finds the module of a command and runs it; `bin/onethread` and the supervisor both come in here."""

import importlib
import importlib.util
import sys
from collections.abc import Sequence

from onethread.settings import SettingsError

COMMANDS = {
    "up": "start everything and stay in the foreground; Ctrl-C stops it",
    "down": "stop the instance of a data directory",
    "test": "run both environments' tests (--quick leaves out the slow ones)",
    "test-nlu": "cross-validate the understanding on the training data",
    "check": "lint, types, layers, spelling and training data",
    "doctor": "check settings, stores, model and each connector's credentials",
    "train": "train the model if anything it is made of has changed",
    "parse": "read texts from standard input, print what the assistant understands as JSON lines",
    "chat": "talk to the assistant in this terminal, through the real path",
    "simulate": "run the fake platforms and the page with the phones",
    "bench": "measure: `bench nlu FILE`, `bench turn`, ...",
    "replay": "show messages that could not be answered, and try them again",
    "migrate": "bring the database to this version",
    "user": "add and list the people who work at the desk",
}
INTERNAL = {
    "web": "the public port",
    "worker": "lanes, senders, timers",
    "actions": "the action server",
    "lint_nlu": "faults in the training data",
}
"""Called by `up` and `check`; not listed by --help."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command named by the first word; returns the exit code (2: it was called wrongly)."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] in {"-h", "--help", "help"}:
        sys.stdout.write(_help())
        return 0 if words else 2
    command, rest = words[0], words[1:]
    if command not in available():
        sys.stderr.write(f"onethread has no command '{command}'; `bin/onethread --help` lists them.\n")
        return 2
    try:
        return int(importlib.import_module(_module_of(command)).main(rest))
    except KeyboardInterrupt:
        return 130
    except SettingsError as error:
        sys.stderr.write(f"onethread: {error}\n")
        return 2


def available() -> dict[str, str]:
    """Every command this version has, with its one line of help."""
    every = COMMANDS | INTERNAL
    return {name: line for name, line in every.items() if importlib.util.find_spec(_module_of(name))}


def _module_of(command: str) -> str:
    return f"onethread.cli.{command.replace('-', '_')}"


def _help() -> str:
    lines = [f"  {name:<10}{line}" for name, line in available().items() if name in COMMANDS]
    return "usage: bin/onethread COMMAND [...]\n\n" + "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
