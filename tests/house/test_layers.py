"""What only one room may do, beyond what the import linter checks."""

from __future__ import annotations

from pathlib import Path

from .tree import imported, parse, sources

SANIC_ROOMS = ("onethread/web/", "onethread/handoff/", "simulator/", "actions/")
SANIC_COMMANDS = {"onethread/cli/web.py", "onethread/cli/actions.py", "onethread/cli/simulate.py"}


def _importers(name: str) -> list[Path]:
    return [
        path
        for path in sources()
        if any(n == name or n.startswith(f"{name}.") for n in imported(parse(path)))
    ]


def test_only_storage_names_tables() -> None:
    outside = [
        str(p) for p in _importers("onethread.storage.tables") if not str(p).startswith("onethread/storage/")
    ]
    assert outside == []


def test_only_web_rooms_import_sanic() -> None:
    outside = [
        str(p)
        for p in _importers("sanic")
        if not str(p).startswith(SANIC_ROOMS) and str(p) not in SANIC_COMMANDS
    ]
    assert outside == []


def test_nobody_outside_bot_imports_rasa() -> None:
    assert _importers("rasa") == []


def test_an_action_knows_only_two_ports_of_the_house() -> None:
    allowed = ("onethread.orders", "onethread.knowledge")
    told = [
        f"{path}: {name}"
        for path in sources("actions")
        for name in imported(parse(path))
        if name.startswith("onethread.") and not name.startswith(allowed)
    ]
    assert told == []


def test_no_room_is_called_after_nothing() -> None:
    vague = {"utils", "helpers", "common", "manager", "misc", "util", "helper"}
    assert [str(p) for p in sources() if p.stem in vague] == []


def test_every_module_says_which_step_it_is() -> None:
    import ast

    silent = [str(p) for p in sources() if ast.get_docstring(parse(p)) is None and parse(p).body]
    assert silent == []
