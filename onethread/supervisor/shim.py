"""The tiny program between the supervisor and a child: drops rights, ties its life to ours, and execs it.

Run by path with `python -I -S`, so it imports the standard library only. On Linux the kernel sends the death
signal (PR_SET_PDEATHSIG, set after the change of user because that change clears it). Elsewhere the shim
stays, watches a pipe whose other end only the supervisor holds, and passes signals on.
"""

import ctypes
import os
import select
import signal
import sys
from types import FrameType

PR_SET_PDEATHSIG = 1
GRACE_S = 10.0


def drop_rights(uid: int, gid: int) -> None:
    """Becomes `uid`:`gid` for good; does nothing for -1."""
    if uid < 0:
        return
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def die_with_parent(parent: int, death_signal: int) -> None:
    """Asks the kernel for `death_signal` at the parent's death; exits when the parent is already gone."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:
        os._exit(0)


def stay_and_watch(pipe: int, death_signal: int, argv: list[str]) -> int:
    """Runs `argv` as a child, ends it with `death_signal` when `pipe` closes; returns its exit code."""
    child = os.fork()
    if child == 0:
        os.close(pipe)
        os.execv(argv[0], argv)  # noqa: S606

    def pass_on(signum: int, _frame: FrameType | None) -> None:
        os.kill(child, signum)

    for signum in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
        signal.signal(signum, pass_on)
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        readable, _, _ = select.select([pipe], [], [], 0.2)
        if readable and os.read(pipe, 1) == b"":
            os.kill(child, death_signal)
            _end_within(child, GRACE_S)
            return 0


def _end_within(child: int, seconds: float) -> None:
    for _ in range(int(seconds * 10)):
        if os.waitpid(child, os.WNOHANG)[0]:
            return
        select.select([], [], [], 0.1)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def main(arguments: list[str]) -> int:
    """`uid gid death_signal parent pipe argv...`; uid -1 keeps the user, pipe -1 uses the kernel's signal."""
    uid, gid, death_signal, parent, pipe = (int(word) for word in arguments[:5])
    argv = arguments[5:]
    drop_rights(uid, gid)
    if pipe >= 0:
        return stay_and_watch(pipe, death_signal, argv)
    die_with_parent(parent, death_signal)
    return os.execv(argv[0], argv)  # noqa: S606


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
