"""Names a running process beyond doubt (pid and time of birth), so that only what we started is ended."""

import os
import signal
import subprocess
import time
from pathlib import Path

_POLL_S = 0.05


def birth(pid: int) -> str | None:
    """When and in which boot `pid` was born, as an opaque text; None when no live process has this pid."""
    if Path("/proc/self/stat").exists():
        return _birth_from_proc(pid)
    command = ["ps", "-o", "lstart=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip() or None


def _birth_from_proc(pid: int) -> str | None:
    try:
        # The name may hold blanks and brackets, so the fields are counted from its last bracket.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    if fields[0] in "ZX":
        return None
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return f"{boot}:{fields[19]}"


def record(path: Path, pid: int) -> None:
    """Writes which process `path` stands for; replaces an older record whole."""
    new = path.with_name(path.name + ".new")
    new.write_text(f"{pid} {birth(pid) or 'dead'}\n")
    new.replace(path)


def recorded(path: Path) -> int | None:
    """The pid in `path` if that very process still lives, else None."""
    try:
        pid, _, born = path.read_text().strip().partition(" ")
        return int(pid) if born and birth(int(pid)) == born else None
    except (FileNotFoundError, ValueError):
        return None


def end(path: Path, signals: tuple[signal.Signals, ...], grace_s: float) -> bool:
    """Ends the recorded process, one signal after another with `grace_s` seconds each; True if there was one.

    Raises:
        TimeoutError: it outlived all signals.
    """
    pid = recorded(path)
    if pid is None:
        path.unlink(missing_ok=True)
        return False
    for signum in signals:
        os.kill(pid, signum)
        until = time.monotonic() + grace_s
        while time.monotonic() < until:
            if recorded(path) is None:
                path.unlink(missing_ok=True)
                return True
            time.sleep(_POLL_S)
    raise TimeoutError(f"Process {pid} did not end.")
