"""Rasa falls back silently when a name is wrong; here a wrong name is an error."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

import pytest

from .tree import ROOT, load_yaml, merged_domain, parse, sources

RASA_FILES = ("config.yml", "endpoints.yml", "credentials.yml")


def _action_names() -> set[str]:
    """Names returned by `name()` of classes in actions/."""
    names: set[str] = set()
    for path in sources("actions"):
        for node in ast.walk(parse(path)):
            if isinstance(node, ast.FunctionDef) and node.name == "name":
                for inner in ast.walk(node):
                    if isinstance(inner, ast.Return) and isinstance(inner.value, ast.Constant):
                        names.add(str(inner.value.value))
            if isinstance(node, ast.ClassDef):
                for item in node.body:
                    if (
                        isinstance(item, ast.Assign)
                        and isinstance(item.value, ast.Constant)
                        and any(isinstance(t, ast.Name) and t.id == "action_name" for t in item.targets)
                    ):
                        names.add(str(item.value.value))
    return {n for n in names if n.startswith(("action_", "validate_"))}


def test_every_action_of_the_domain_has_a_class_and_back() -> None:
    from_domain = {a for a in merged_domain().get("actions", []) if not str(a).startswith("utter_")}
    assert from_domain == _action_names()
    assert from_domain


def test_every_utterance_used_by_rules_and_stories_has_a_response() -> None:
    responses = set(merged_domain().get("responses", {}))
    used: set[str] = set()
    for folder in ("rules", "stories"):
        for path in (ROOT / "data" / folder).rglob("*.yml"):
            used |= set(re.findall(r"\butter_[a-z0-9_]+", path.read_text(encoding="utf-8")))
    assert used - responses == set()


def test_every_utterance_named_in_code_has_a_response() -> None:
    responses = set(merged_domain().get("responses", {}))
    used: dict[str, str] = {}
    for path in sources("actions", "onethread"):
        for node in ast.walk(parse(path)):
            value = node.value if isinstance(node, ast.Constant) else None
            if isinstance(value, str) and re.fullmatch(r"utter_[a-z0-9_]*[a-z0-9]", value):
                used[value] = str(path)
    assert {k: v for k, v in used.items() if k not in responses} == {}


def _dotted(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _dotted(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _dotted(inner)
    elif isinstance(value, str) and re.fullmatch(r"[a-z_]+(\.[A-Za-z_]+)+", value):
        yield value


@pytest.mark.parametrize("name", RASA_FILES)
def test_every_dotted_path_in_rasas_files_leads_to_a_class(name: str) -> None:
    for path in _dotted(load_yaml(ROOT / name)):
        module, _, cls = path.rpartition(".")
        file = ROOT / (module.replace(".", "/") + ".py")
        assert file.is_file(), f"{name}: {path}: no module"
        tree = ast.parse(file.read_text(encoding="utf-8"))
        assert any(isinstance(n, ast.ClassDef) and n.name == cls for n in tree.body), path


@pytest.mark.parametrize("name", RASA_FILES)
def test_a_setting_is_a_whole_value_in_rasas_files(name: str) -> None:
    """`${X}` raises when unset only as the whole value; inside a longer text it stays as it is."""

    def walk(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            for inner in value.values():
                yield from walk(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from walk(inner)
        elif isinstance(value, str) and "${" in value:
            yield value

    for value in walk(load_yaml(ROOT / name)):
        assert re.fullmatch(r"\$\{[A-Z_]+\}", value), f"{name}: {value}"


def test_component_names_are_unique() -> None:
    """Rasa's registry is keyed by the class name alone."""
    seen: dict[str, str] = {}
    for path in sources("bot"):
        for node in parse(path).body:
            if isinstance(node, ast.ClassDef) and any(
                "register" in ast.unparse(d) for d in node.decorator_list
            ):
                assert node.name not in seen, f"{node.name} in {path} and {seen[node.name]}"
                seen[node.name] = str(path)
    assert seen
