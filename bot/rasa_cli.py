"""Rasa's own command line, run from the root with the split domain (`bin/onethread rasa train|shell|...`)."""

import os
import sys
from pathlib import Path
from typing import List

ROOT = Path(__file__).resolve().parent.parent
# Commands that read the domain from a file; the others take it from the model.
_READ_THE_DOMAIN = (
    ("train",),
    ("data", "validate"),
    ("interactive",),
    ("visualize",),
    ("data", "split", "stories"),
)
STORIES = "tests/rasa/stories"


def complete(arguments: List[str]) -> List[str]:
    """Adds what our layout needs and the caller did not say."""
    added = list(arguments)
    if "-h" in added or "--help" in added:
        return added
    reads = any(tuple(added[: len(command)]) == command for command in _READ_THE_DOMAIN)
    if reads and "--domain" not in added and "-d" not in added:
        added += ["--domain", "domain"]
    tests_stories = added[:1] == ["test"] and added[1:2] != ["nlu"] and added[1:2] != ["e2e"]
    if tests_stories and "--stories" not in added and "-s" not in added:
        added += ["--stories", STORIES]
    if added[:1] == ["test"] and "--out" not in added:
        added += ["--out", "results"]
    return added


def main(arguments: List[str]) -> None:
    """Hands over to Rasa; its exit code is ours."""
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    # endpoints.yml names them; `rasa test` needs none of the two, `rasa shell` a running action server.
    os.environ.setdefault("ONETHREAD_ACTIONS_URL", "http://127.0.0.1:5055/webhook")
    os.environ.setdefault("ONETHREAD_INTERNAL_SECRET", "unset")
    sys.argv = ["rasa", *complete(arguments)]
    from rasa.__main__ import main as rasa_main

    rasa_main()


if __name__ == "__main__":
    main(sys.argv[1:])
