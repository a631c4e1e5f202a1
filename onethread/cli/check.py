"""`onethread check`: every tool that reads the code without running it; a first fault does not stop it."""

import argparse
import importlib.util
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from onethread.settings import ROOT
from onethread.supervisor.instance import bot_python

_BIN = Path(sys.executable).parent
_BOT_TYPES = (
    *("--config-file", os.devnull, "--python-version", "3.10"),
    *("--ignore-missing-imports", "--follow-imports", "silent", "--check-untyped-defs"),
)


@dataclass(frozen=True, slots=True)
class Check:
    """One tool; exit code 0 means that it has nothing to say against."""

    name: str
    argv: tuple[str, ...]


def checks() -> list[Check]:
    """What is checked, quickest first."""
    found = [
        Check("lint", (str(_BIN / "ruff"), "check", ".")),
        Check("format", (str(_BIN / "ruff"), "format", "--check", ".")),
        Check("spelling", (str(_BIN / "codespell"), "--toml", "pyproject.toml")),
        Check("layers", (str(_BIN / "lint-imports"), "--no-cache")),
        Check("types", (str(_BIN / "mypy"),)),
        Check("types of bot/", (str(_BIN / "mypy"), *_BOT_TYPES, "--python-executable", bot_python(), "bot")),
    ]
    if importlib.util.find_spec("onethread.cli.lint_nlu") is not None:
        found.append(Check("training data", (sys.executable, "-P", "-m", "onethread.cli.lint_nlu")))
    return found


def main(argv: list[str]) -> int:
    """0: all is well; 1: some check found something; 2: wrong use."""
    argparse.ArgumentParser(prog="onethread check", description="Check the code.").parse_args(argv)
    bad = [check.name for check in checks() if not _passes(check)]
    sys.stdout.write(f"check: {'failed: ' + ', '.join(bad) if bad else 'all is well'}\n")
    return 1 if bad else 0


def _passes(check: Check) -> bool:
    begun = time.monotonic()
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        check.argv,
        cwd=ROOT,
        env=env,
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    verdict = "ok" if done.returncode == 0 else "FAILED"
    sys.stdout.write(f"{check.name:<14}{verdict} ({time.monotonic() - begun:.1f} s)\n")
    if done.returncode != 0:
        sys.stdout.write(f"{done.stdout.rstrip()}\n\n")
    sys.stdout.flush()
    return done.returncode == 0
