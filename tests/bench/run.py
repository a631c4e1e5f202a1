"""Runs one measurement as an operator does, in small, and hands back its report."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def run_bench(folder: Path, name: str, *options: str) -> tuple[dict[str, Any], str]:
    """The JSON and what was printed."""
    out = folder / f"{name}.json"
    done = subprocess.run(
        [sys.executable, "-P", "-m", "onethread.cli", "bench", name, *options, "--out", str(out)],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(out.read_text()), done.stdout
