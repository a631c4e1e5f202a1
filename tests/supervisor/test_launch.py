"""A child never outlives the process that started it, however that one ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from onethread.settings import ROOT
from onethread.supervisor import pidfile
from onethread.supervisor.launch import Launch, end, spawn

STARTER = """
import sys, time
from onethread.supervisor.launch import Launch, spawn
sleep = Launch((sys.executable, "-c", "import time; time.sleep(60)"))
child = spawn(sleep, -3, by_pipe=sys.argv[1] == "pipe")
print(child.pid, flush=True)
time.sleep(60)
"""


def gone(pid: int, born: str | None, within_s: float = 10.0) -> bool:
    until = time.monotonic() + within_s
    while pidfile.birth(pid) == born:
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.parametrize("watcher", ["kernel", "pipe"])
def test_a_child_dies_with_a_killed_starter(watcher: str) -> None:
    if watcher == "kernel" and not sys.platform.startswith("linux"):
        pytest.skip("only Linux ends a child at its parent's death")
    command = [sys.executable, "-c", STARTER, watcher]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        pid = int(starter.stdout.readline())
        born = pidfile.birth(pid)
        assert born is not None
        starter.kill()
    assert gone(pid, born)


@pytest.mark.parametrize("by_pipe", [False, True])
def test_end_uses_the_stop_signals_one_after_another(by_pipe: bool, tmp_path: Path) -> None:
    stubborn = (
        "import signal, time, pathlib; signal.signal(15, signal.SIG_IGN)\n"
        "pathlib.Path('up').touch(); time.sleep(60)"
    )
    launch = Launch((sys.executable, "-c", stubborn), cwd=tmp_path, grace_s=0.3)
    if by_pipe:
        launch = Launch(launch.argv, cwd=tmp_path, grace_s=0.3, stop_signals=(signal.SIGTERM, signal.SIGINT))
    child = spawn(launch, subprocess.DEVNULL, by_pipe=by_pipe)
    while not (tmp_path / "up").exists():
        time.sleep(0.01)
    assert end(child, launch) != 0
    assert child.poll() is not None


def test_a_child_gets_its_own_environment_folder_and_session(tmp_path: Path) -> None:
    code = "import os; e = os.environ; "
    code += "print(os.getcwd(), e.get('A'), e.get('HOME'), os.getsid(0) == os.getpid())"
    log = tmp_path / "log"
    with log.open("wb") as file:
        assert spawn(Launch((sys.executable, "-c", code), env={"A": "b"}, cwd=tmp_path), file).wait() == 0
    assert log.read_text().split() == [str(tmp_path), "b", "None", "True"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_root_starts_a_child_as_another_user(tmp_path: Path) -> None:
    from onethread.supervisor.place import unprivileged_account

    account = unprivileged_account()
    log = tmp_path / "log"
    with log.open("wb") as file:
        launch = Launch(("/bin/sh", "-c", "id -u; id -g; id -G"), run_as=account)
        assert spawn(launch, file).wait() == 0
    assert log.read_text().split() == [str(account.uid), str(account.gid), str(account.gid)]
