"""`bin/onethread`: makes the environments when it must, and gets out of the way when it need not.

The tools it calls (uv, Python, curl) are stood in for by small scripts on a PATH of their own.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from onethread.settings import ROOT

PLAIN_TOOLS = (
    *("cat", "cmp", "cp", "date", "dirname", "env", "kill", "mkdir", "mv", "readlink", "rm", "sh", "sleep"),
)
FAKE_PYTHON = """#!/bin/sh
case "$*" in
*sys.version_info\\[:2\\]*) echo VERSION ;;
*onethread.cli*) echo "cli: $*" ;;
*) echo "python $*" >> "LOG" ;;
esac
"""
FAKE_UV = """#!/bin/sh
echo "$(basename "$PWD"): $*" >> "LOG"
case "$*" in
"python find --help") ;;
*"python find"*)
    for last; do :; done
    if [ -x "PYTHONS/$last" ]; then echo "PYTHONS/$last"; else exit 2; fi ;;
*"python install"*) exit 1 ;;
venv*)
    for last; do :; done
    mkdir -p "$last/bin"; cp "$5" "$last/bin/python" ;;
esac
"""


@dataclass
class Machine:
    """A fresh clone and a PATH."""

    clone: Path
    tools: Path
    pythons: Path
    log: Path

    def add(self, folder: Path, name: str, script: str, version: str = "") -> None:
        folder.mkdir(exist_ok=True)
        script = script.replace("LOG", str(self.log)).replace("PYTHONS", str(self.pythons))
        (folder / name).write_text(script.replace("VERSION", version))
        (folder / name).chmod(0o755)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.clone / "bin" / "onethread"), *words],
            env={"PATH": str(self.tools), "HOME": str(self.clone)},
            cwd=self.clone.parent,
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def calls(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path / "clone", tmp_path / "tools", tmp_path / "pythons", tmp_path / "calls")
    for folder in (
        made.clone / "bin",
        made.clone / "bot",
        made.clone / "requirements",
        made.tools,
        made.pythons,
    ):
        folder.mkdir(parents=True)
    shutil.copy(ROOT / "bin" / "onethread", made.clone / "bin")
    for name in ("main.txt", "dev.txt", "bot.txt", "bot-dev.txt", "uv.txt"):
        (made.clone / "requirements" / name).write_text(f"{name} 1\n")
    for name in (*PLAIN_TOOLS, "basename"):
        found = shutil.which(name)
        assert found
        (made.tools / name).symlink_to(found)
    return made


@pytest.fixture
def with_uv(machine: Machine) -> Machine:
    machine.add(machine.tools, "uv", FAKE_UV)
    machine.add(machine.pythons, "3.13", FAKE_PYTHON, "3.13")
    machine.add(machine.pythons, "3.10", FAKE_PYTHON, "3.10")
    return machine


def test_without_uv_python_and_curl_one_sentence_names_the_three(machine: Machine) -> None:
    done = machine.run("up")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert all(name in done.stderr for name in ("uv", "Python 3.9", "curl"))
    assert not (machine.clone / ".venvs" / ".lock").exists()


def test_an_old_python_does_not_count(machine: Machine) -> None:
    machine.add(machine.tools, "python3", "#!/bin/sh\nexit 1\n")
    assert machine.run("up").returncode == 2


def test_a_first_run_makes_both_environments_and_runs_the_command(with_uv: Machine) -> None:
    done = with_uv.run("up", "--port", "8801")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "cli: -P -m onethread.cli up --port 8801\n"
    assert (
        with_uv.calls.count(
            "clone: pip sync -q --require-hashes --python "
            + str(with_uv.clone / ".venvs/house/bin/python")
            + f" {with_uv.clone}/requirements/main.txt"
        )
        == 1
    )
    assert any(call.startswith("python ") and "install_standin.py" in call for call in with_uv.calls)


def test_cross_validation_needs_rasas_environment_but_no_tools(with_uv: Machine) -> None:
    assert with_uv.run("test-nlu").returncode == 0
    made_from = {path.name for path in with_uv.clone.glob(".venvs/*/.made-from/*")}
    assert made_from == {"main.txt", "bot.txt"}


def test_rasas_interpreter_is_looked_for_from_its_own_folder(with_uv: Machine) -> None:
    """A pyenv shim obeys the .python-version of the folder that it is called from."""
    with_uv.run("up")
    finds = [call for call in with_uv.calls if "python find" in call and "--help" not in call]
    assert [(call.split(":")[0], call.split()[-1]) for call in finds] == [("clone", "3.13"), ("bot", "3.10")]


def test_a_second_run_calls_nothing(with_uv: Machine) -> None:
    with_uv.run("up")
    with_uv.log.unlink()
    done = with_uv.run("up")
    assert (done.returncode, done.stderr, with_uv.calls) == (0, "", [])


def test_a_changed_lock_updates_its_environment_alone(with_uv: Machine) -> None:
    with_uv.run("up")
    with_uv.log.unlink()
    (with_uv.clone / "requirements" / "bot.txt").write_text("bot.txt 2\n")
    with_uv.run("up")
    syncs = [call for call in with_uv.calls if "pip sync" in call]
    assert len(syncs) == 1
    assert syncs[0].startswith("bot: ")
    assert not any("venv" in call.split()[1] for call in with_uv.calls)


def test_tests_add_the_development_packages_and_up_keeps_them(with_uv: Machine) -> None:
    with_uv.run("test")
    assert any(call.endswith("requirements/dev.txt") for call in with_uv.calls)
    with_uv.log.unlink()
    with_uv.run("up")
    assert with_uv.calls == []


def test_an_interpreter_of_another_version_is_not_taken(with_uv: Machine) -> None:
    with_uv.add(with_uv.pythons, "3.10", FAKE_PYTHON, "3.11")
    done = with_uv.run("up")
    assert done.returncode == 2
    assert "this machine has no Python 3.10, so uv downloads one" in done.stderr
    assert not (with_uv.clone / ".venvs" / "bot").exists()


def test_the_older_supported_python_serves_the_house(with_uv: Machine) -> None:
    (with_uv.pythons / "3.13").rename(with_uv.pythons / "3.12")
    with_uv.add(with_uv.pythons, "3.12", FAKE_PYTHON, "3.12")
    assert with_uv.run("down").stdout == "cli: -P -m onethread.cli down\n"


def test_a_lock_left_by_a_killed_run_is_taken_over(with_uv: Machine) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    (with_uv.clone / ".venvs" / ".lock").mkdir(parents=True)
    (with_uv.clone / ".venvs" / ".lock" / "pid").write_text(str(gone.pid))
    assert with_uv.run("down").returncode == 0
    assert not (with_uv.clone / ".venvs" / ".lock").exists()


def test_it_may_be_called_through_a_link_from_anywhere(with_uv: Machine) -> None:
    with_uv.run("down")
    link = with_uv.clone.parent / "linked"
    link.symlink_to("clone/bin/onethread")
    done = subprocess.run([str(link), "down"], env={"PATH": os.fspath(with_uv.tools)}, capture_output=True,
                          cwd="/", text=True, check=False)  # fmt: skip
    assert done.stdout == "cli: -P -m onethread.cli down\n"
