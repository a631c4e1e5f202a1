"""Check what editors wrote: `python -m onethread.knowledge [content/faq]`; exit 1 when something is wrong."""

from __future__ import annotations

import sys
from pathlib import Path

from .entries import load_folder


def main(argv: list[str]) -> int:
    """Print each mistake as file:line: what; then how much is sound."""
    folder = Path(argv[0] if argv else "content/faq")
    if not folder.is_dir():
        sys.stderr.write(f"{folder} is not a folder\n")
        return 2
    entries, problems = load_folder(folder)
    for problem in problems:
        sys.stdout.write(f"{problem}\n")
    sys.stdout.write(f"{len(entries)} entries are sound, {len(problems)} problems\n")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
