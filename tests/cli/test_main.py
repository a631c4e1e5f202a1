"""The dispatcher of the command line."""

import subprocess
import sys

import pytest

from onethread.cli.__main__ import COMMANDS, available, main
from onethread.settings import ROOT


def test_an_unknown_command_is_one_sentence_and_exit_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fly"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "'fly'" in said.err


def test_help_lists_every_public_command_this_version_has(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    for name in available():
        assert (f"  {name} " in said) == (name in COMMANDS)


def test_help_imports_no_command() -> None:
    code = "import sys; from onethread.cli.__main__ import main; main(['--help']); "
    code += "sys.exit(any(m in sys.modules for m in ('onethread.cli.up', 'sanic', 'sqlalchemy')))"
    assert (
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, capture_output=True).returncode
        == 0
    )
