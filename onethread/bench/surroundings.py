"""What a figure depends on beside the code: the machine, how busy it is, what a durable write costs it."""

import os
import platform
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

_PROBES = 100
_PAGE = b"\0" * 8192


def surroundings(place: Path) -> dict[str, object]:
    """The facts of this machine now; `place` is a folder on the disk that the stores will use."""
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "cores": os.cpu_count(),
            "processor": _processor(),
            "memory_mb": _memory_mb(),
            "system": platform.platform(),
            "python": platform.python_version(),
        },
        "load_before": [round(value, 2) for value in os.getloadavg()],
        "flush_ms": round(flush_ms(place), 3),
    }


def flush_ms(place: Path) -> float:
    """Median milliseconds to append 8 kB to a file in `place` and flush it to the disk: a commit's floor."""
    place.mkdir(parents=True, exist_ok=True)
    took = []
    with tempfile.TemporaryFile(dir=place) as file:
        for _ in range(_PROBES):
            file.write(_PAGE)
            file.flush()
            began = time.perf_counter()
            os.fsync(file.fileno())
            took.append(time.perf_counter() - began)
    return statistics.median(took) * 1000


def busy(facts: dict[str, object]) -> str:
    """One line on a busy machine, or nothing: its figures are worth less."""
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    before = facts.get("load_before")
    first = before[0] if isinstance(before, list) else load
    if first <= cores / 2:
        return ""
    return f"CARE: the machine was busy before the run (load {first:.1f} on {cores} cores)."


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if not cpuinfo.exists():
        return platform.processor()
    lines = (line for line in cpuinfo.read_text().splitlines() if line.startswith("model name"))
    return next(lines, "").partition(":")[2].strip() or platform.machine()


def _memory_mb() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 10**6
