"""`onethread down`: ends the instance of a data directory from another terminal."""

import argparse
import sys
from pathlib import Path

from onethread.settings import data_dir, environment
from onethread.supervisor.claim import end_instance


def main(argv: list[str]) -> int:
    """0: nothing of it runs any more; 1: something does not end."""
    parser = argparse.ArgumentParser(prog="onethread down", description="Stop an instance.")
    default = data_dir(environment(beside_instance=False))
    parser.add_argument("--data-dir", type=Path, default=default, help="the one that `up` was given (var/)")
    folder = parser.parse_args(argv).data_dir.absolute()

    def say(line: str) -> None:
        sys.stdout.write(f"{line}\n")

    try:
        say("stopped" if end_instance(folder, say) else f"no instance was running on {folder}")
    except TimeoutError as error:
        sys.stderr.write(f"onethread: {error}\n")
        return 1
    return 0
