"""`onethread test`: both environments' suites, ending with one line that sums them up."""

import argparse
import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from onethread.settings import ROOT
from onethread.supervisor.instance import bot_python

_COUNT = re.compile(r"(\d+) (passed|failed|skipped|errors?|xfailed|xpassed)\b")
_CLOSING = re.compile(r"^(=+ )?(\d+ \w+(, )?)+ in [\d.]+s")
_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_NOTHING_COLLECTED = 5
_NOT_OF_THE_MACHINE = ("DATABASE_URL", "REDIS_URL", "PYTEST_ADDOPTS", "PYTEST_PLUGINS")


@dataclass(frozen=True, slots=True)
class Suite:
    """One run of pytest."""

    name: str
    argv: tuple[str, ...]


def main(argv: list[str]) -> int:
    """0: everything passed; 1: something failed; 2: wrong use. Further words go to pytest of the house."""
    parser = argparse.ArgumentParser(prog="onethread test", description="Run both environments' tests.")
    parser.add_argument("--quick", action="store_true", help="leave out the tests marked slow")
    quick, rest = parser.parse_known_args(argv)
    total: Counter[str] = Counter()
    failed = False
    for suite in suites(quick=quick.quick, rest=rest):
        sys.stdout.write(f"\n{suite.name}\n")
        code, counts = _run(suite)
        total += counts
        failed = failed or code not in {0, _NOTHING_COLLECTED} or not counts
    failed = failed or total["failed"] > 0 or total["passed"] == 0
    sys.stdout.write(f"\n{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped\n")
    return 1 if failed else 0


def suites(*, quick: bool, rest: list[str]) -> list[Suite]:
    """What is run: Rasa's room first, the house last. Paths or options of one's own mean the house alone."""
    selection = ("-m", "not slow") if quick else ()
    house = (sys.executable, "-m", "pytest", "-q", *selection)
    if rest:
        return [Suite("The house", (*house, *rest))]
    # Two at a time, as CI has two cores; tests of one whole house stay together in one of them.
    house = (*house, "-n", "2", "--dist", "loadgroup")
    return [
        Suite(
            "Rasa's room (Python 3.10)",
            (bot_python(), "-m", "pytest", "-q", *selection, "-c", "tests/rasa/pytest.ini", "tests/rasa"),
        ),
        Suite("The house", (*house, "--ignore=tests/rasa", "tests")),
    ]


def count(line: str) -> Counter[str]:
    """The numbers of pytest's closing line; errors count as failures, expected failures as skipped."""
    plain = _COLOUR.sub("", line)
    if not _CLOSING.match(plain):
        return Counter()
    names = {"error": "failed", "errors": "failed", "xfailed": "skipped", "xpassed": "failed"}
    counts: Counter[str] = Counter()
    for number, word in _COUNT.findall(plain):
        counts[names.get(word, word)] += int(number)
    return counts


def _run(suite: Suite) -> tuple[int, Counter[str]]:
    env = {name: value for name, value in os.environ.items() if name not in _NOT_OF_THE_MACHINE}
    env |= {"RASA_TELEMETRY_ENABLED": "false", "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    if "CI" not in env and sys.stdout.isatty():
        env["PY_COLORS"] = "1"
    counts: Counter[str] = Counter()
    with subprocess.Popen(
        suite.argv, cwd=Path(ROOT), env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None  # noqa: S101 - PIPE was asked for
        for line in child.stdout:
            counts = count(line) or counts
            sys.stdout.write(line)
            sys.stdout.flush()
    return child.returncode, counts
