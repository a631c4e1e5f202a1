"""Weighs running processes from outside: computing time and memory, each together with its descendants."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from onethread.supervisor import pidfile
from onethread.supervisor.claim import SUPERVISOR

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Weight:
    """Memory in MB (10^6 bytes). pss: pages shared with others count in part."""

    rss_mb: float
    pss_mb: float


def parts_of(data_dir: Path) -> dict[str, int]:
    """Name -> pid of every process that the instance of this data directory runs now."""
    paths = sorted((data_dir / "run").glob("*.pid"))
    found = {path.stem: pidfile.recorded(path) for path in paths if path.name != SUPERVISOR}
    return {name: pid for name, pid in found.items() if pid is not None}


def computed_s(pids: Mapping[str, int]) -> dict[str, float]:
    """Seconds each of these processes and its descendants have computed so far; empty without /proc."""
    if not (_PROC / "self").exists():
        return {}
    families = _families()
    return {name: sum(_ticks(pid, families)) / os.sysconf("SC_CLK_TCK") for name, pid in pids.items()}


def weighed(pids: Mapping[str, int]) -> dict[str, Weight]:
    """The memory of each of these processes with its descendants; empty without /proc."""
    if not (_PROC / "self").exists():
        return {}
    families = _families()
    return {name: _sum(_weigh(one) for one in _family(pid, families)) for name, pid in pids.items()}


def weighed_alone(pid: int) -> Weight:
    """The memory of one process without its descendants."""
    return _sum(iter((_weigh(pid),)))


def _ticks(pid: int, families: Mapping[int, list[int]]) -> Iterator[int]:
    """The ticks of a family; what descendants computed that have ended is in their parent's account."""
    for one in _family(pid, families):
        fields = _stat(one)
        if fields:
            yield sum(int(field) for field in fields[11:15])


def _families() -> dict[int, list[int]]:
    children: dict[int, list[int]] = {}
    for path in _PROC.glob("[0-9]*"):
        pid = int(path.name)
        if fields := _stat(pid):
            children.setdefault(int(fields[1]), []).append(pid)
    return children


def _family(pid: int, families: Mapping[int, list[int]]) -> Iterator[int]:
    yield pid
    for child in families.get(pid, ()):
        yield from _family(child, families)


def _stat(pid: int) -> list[str]:
    """The fields behind the name, which may hold blanks and brackets; empty when there is no such process."""
    try:
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _weigh(pid: int) -> Weight:
    try:
        lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return Weight(0.0, 0.0)
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:]}
    return Weight(kilobytes.get("Rss", 0) * 1024 / 1e6, kilobytes.get("Pss", 0) * 1024 / 1e6)


def _sum(weights: Iterator[Weight]) -> Weight:
    each = list(weights)
    return Weight(
        round(sum(weight.rss_mb for weight in each), 1), round(sum(weight.pss_mb for weight in each), 1)
    )
