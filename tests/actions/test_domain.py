"""The domain, the rules, the actions and the texts fit one another."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from onethread.cli.actions import load_actions
from onethread.knowledge.titles import read_titles
from onethread.settings import ROOT

LANGUAGES = {"en", "ro", "ru", "zh"}


def read(folder: str) -> list[dict[str, Any]]:
    return [yaml.safe_load(path.read_text()) for path in sorted((ROOT / folder).rglob("*.yml"))]


DOMAIN = read("domain")
RESPONSES = {key: said for part in DOMAIN for key, said in (part.get("responses") or {}).items()}
RULES = [rule for part in read("data/rules") for rule in part["rules"] if len(rule["steps"]) == 2]
LISTENS = [rule for part in read("data/rules") for rule in part["rules"] if len(rule["steps"]) == 1]


def listed(name: str) -> list[str]:
    return [one for part in DOMAIN for one in part.get(name) or ()]


def test_every_action_of_the_domain_has_a_class_and_back() -> None:
    assert set(load_actions().actions) == set(listed("actions"))


def test_every_intent_has_a_rule_that_holds_without_a_condition() -> None:
    ruled = {rule["steps"][0]["intent"] for rule in RULES if "condition" not in rule}
    assert ruled == set(listed("intents"))


def test_every_action_is_reached_by_a_rule() -> None:
    done = {rule["steps"][1]["action"] for rule in RULES}
    assert done >= set(listed("actions"))


def test_after_every_action_the_customer_speaks() -> None:
    assert Counter(rule["steps"][0]["action"] for rule in LISTENS) == Counter(listed("actions"))


def test_every_key_is_in_one_file_only() -> None:
    keys = Counter(key for part in DOMAIN for key in part.get("responses") or {})
    assert [key for key, times in keys.items() if times > 1] == []


def test_every_response_named_in_code_and_rules_exists_and_the_other_way_round() -> None:
    code = "".join(path.read_text() for path in (ROOT / "actions").glob("*.py"))
    named = set(re.findall(r'"(utter_[a-z_]+)"', code)) | {
        rule["steps"][1]["action"] for rule in RULES if rule["steps"][1]["action"].startswith("utter_")
    }
    built = {key for key in RESPONSES if key.startswith(("utter_order_", "utter_resume_", "utter_house_"))}
    assert named - set(RESPONSES) == set()
    assert set(RESPONSES) - named - built == set()


def test_no_slot_is_filled_from_what_a_customer_typed() -> None:
    slots = {name: slot for part in DOMAIN for name, slot in (part.get("slots") or {}).items()}
    from_elsewhere = {
        name for name, slot in slots.items() if any(one["type"] != "custom" for one in slot["mappings"])
    }
    assert from_elsewhere == {"misses"}
    assert {one["type"] for one in slots["misses"]["mappings"]} == {"from_intent"}


def test_every_title_belongs_to_an_intent() -> None:
    files = sorted(Path(ROOT / "content" / "clarify").glob("*.yml"))
    assert {path.stem for path in files} == LANGUAGES
    titled = [set(read_titles(path)) for path in files]
    assert all(titles == titled[0] <= set(listed("intents")) for titles in titled)
