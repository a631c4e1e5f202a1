"""The embedded Postgres: durable, private, and without a trace on folders that are not ours."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from onethread.settings import ROOT
from onethread.supervisor import pidfile
from onethread.supervisor.place import SYSTEM_HOME
from onethread.supervisor.postgres import EmbeddedPostgres

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="tells how root runs it")


@pytest.fixture
def private_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "private"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def server(private_folder: Path) -> Iterator[EmbeddedPostgres]:
    made = EmbeddedPostgres(private_folder / "postgres")
    yield made
    made.destroy()


def ask(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question.encode()).fetchone()
        return row[0] if row else None


def test_it_is_durable_and_keeps_its_data_over_a_restart(server: EmbeddedPostgres) -> None:
    url = server.start()
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        assert ask(url, f"show {name}") == "on"
    assert str(ask(url, "show server_version")).startswith("18")
    with psycopg.connect(url) as connection:
        connection.execute("create table kept as select 7 as n")
    server.stop()
    assert ask(server.start(), "select n from kept") == 7
    assert ask(server.url, "select 1") == 1
    assert server.url == url


def test_a_password_is_needed(server: EmbeddedPostgres) -> None:
    url = server.start()
    password = url.split(":")[2].split("@")[0]
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(url.replace(password, "wrong"))
    assert ask(url, "select count(*) from pg_hba_file_rules where auth_method <> 'scram-sha-256'") == 0


def test_a_killed_server_comes_back_with_what_was_committed(server: EmbeddedPostgres) -> None:
    url = server.start()
    with psycopg.connect(url) as connection:
        connection.execute("create table kept as select 7 as n")
    pid = pidfile.recorded(server.pid_path)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    next_one = EmbeddedPostgres(server.pid_path.parent)
    try:
        assert ask(next_one.start(), "select n from kept") == 7
    finally:
        next_one.stop()


def test_one_left_behind_is_ended_before_the_next_starts(server: EmbeddedPostgres) -> None:
    server.start()
    left = pidfile.recorded(server.pid_path)
    server.pid_path.unlink()
    second = EmbeddedPostgres(server.pid_path.parent)
    url = second.start()
    try:
        assert ask(url, "select 1") == 1
        assert pidfile.recorded(second.pid_path) != left
    finally:
        second.stop()


def test_a_lock_file_that_names_a_stranger_does_not_stop_it(server: EmbeddedPostgres) -> None:
    """After a crash of the machine the pid in Postgres' lock file may be anybody's: here it is ours."""
    server.start()
    data = Path(str(ask(server.url, "show data_directory")))
    lock = (data / "postmaster.pid").read_text().split("\n", 1)
    server.stop()
    (data / "postmaster.pid").write_text(f"{os.getppid()}\n{lock[1]}")
    assert ask(server.start(), "select 1") == 1


@as_root
def test_root_runs_it_as_somebody_else_below_a_folder_that_one_cannot_enter(
    server: EmbeddedPostgres, private_folder: Path
) -> None:
    before = {path: path.stat().st_mode for path in (private_folder, *private_folder.parents)}
    server.start()
    assert {path: path.stat().st_mode for path in before} == before
    pid = pidfile.recorded(server.pid_path)
    assert pid is not None
    assert os.stat(f"/proc/{pid}").st_uid not in {0, -1}
    home = Path(str(ask(server.url, "show data_directory"))).parent
    assert home.parent == SYSTEM_HOME
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert home.stat().st_uid == os.stat(f"/proc/{pid}").st_uid


@as_root
def test_root_keeps_it_in_the_folder_asked_for_where_it_can_be_entered(tmp_path: Path) -> None:
    open_folder = Path("/tmp") / f"onethread-test-{os.getpid()}"
    open_folder.mkdir(mode=0o755)
    server = EmbeddedPostgres(open_folder / "postgres")
    try:
        assert ask(server.start(), "show data_directory") == str(open_folder / "postgres" / "data")
        assert stat.S_IMODE(open_folder.stat().st_mode) == 0o755
    finally:
        server.destroy()
        open_folder.rmdir() if not any(open_folder.iterdir()) else None


def test_two_servers_run_side_by_side(server: EmbeddedPostgres, private_folder: Path) -> None:
    other = EmbeddedPostgres(private_folder / "other")
    try:
        assert ask(server.start(), "select 1") == ask(other.start(), "select 1") == 1
        assert server.url != other.url
    finally:
        other.destroy()


def test_a_path_too_long_for_a_socket_is_served_on_a_port(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / ("long" * 30) / "postgres")
    try:
        url = server.start()
        assert ask(url, "select 1") == 1
        assert ("@127.0.0.1:" in url) == (os.geteuid() != 0)
    finally:
        server.destroy()


def test_it_ends_with_a_killed_supervisor(server: EmbeddedPostgres, private_folder: Path) -> None:
    code = (
        "import sys, time, pathlib; from onethread.supervisor.postgres import EmbeddedPostgres\n"
        "EmbeddedPostgres(pathlib.Path(sys.argv[1])).start(); print('up', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", code, str(server.pid_path.parent)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as starter:
        assert starter.stdout is not None
        assert starter.stdout.readline() == b"up\n"
        assert pidfile.recorded(server.pid_path) is not None
        starter.kill()
    until = time.monotonic() + 15
    while pidfile.recorded(server.pid_path) is not None and time.monotonic() < until:
        time.sleep(0.05)
    assert pidfile.recorded(server.pid_path) is None


def test_a_folder_made_anew_has_nothing_of_the_one_before(private_folder: Path) -> None:
    old = EmbeddedPostgres(private_folder / "postgres")
    url = old.start()
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("create table kept (said text)")
        old.stop()
        shutil.rmtree(private_folder / "postgres")
        new = EmbeddedPostgres(private_folder / "postgres")
        try:
            assert ask(new.start(), "select to_regclass('kept') is null") is True
        finally:
            new.destroy()
    finally:
        old.destroy()
