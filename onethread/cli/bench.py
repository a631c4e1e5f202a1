"""`bench NAME [...]`: runs one measurement, a module `onethread.cli.bench_<name>` with `run(argv)`."""

import importlib
import importlib.util
import sys

BENCHES = {
    "growth": "what a turn costs after 10 to 10,000 messages, beside stock Rasa",
    "ingest": "webhooks a second that are kept for good, and how long a platform waits for its 200",
    "memory": "what each process weighs at its start and after 1,000 turns, beside stock Rasa",
    "meaning": "what sentence embeddings would add, and what they would cost",
    "nlu": "how well the assistant understands the labelled messages of a file",
    "path": "from signed webhook in to platform send out, a whole instance at several rates",
    "start": "seconds from nothing to an answer: Rasa alone, and the whole instance",
    "turn": "turns per second of one Rasa process, beside stock Rasa on the same data",
}


def main(argv: list[str]) -> int:
    """Runs the measurement named by the first word; 2 when it was called wrongly."""
    if not argv or argv[0] in {"-h", "--help", "help"}:
        sys.stdout.write(_help())
        return 0 if argv else 2
    name, rest = argv[0], argv[1:]
    if name not in available():
        sys.stderr.write(f"bench has no measurement '{name}'.\n{_help()}")
        return 2
    return int(importlib.import_module(f"onethread.cli.bench_{name}").run(rest))


def available() -> dict[str, str]:
    """Every measurement this version has, with its one line of help."""
    return {n: line for n, line in BENCHES.items() if importlib.util.find_spec(f"onethread.cli.bench_{n}")}


def _help() -> str:
    lines = [f"  {name:<8}{line}" for name, line in available().items()]
    return "usage: bin/onethread bench NAME [...]\n\n" + "\n".join(lines) + "\n"
