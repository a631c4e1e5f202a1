"""Which doors are asked, by what examples, and which question is spared to which."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pytest

from connectors import registry
from connectors.contract import Connector

from .examples import Examples

ROOT = Path(__file__).resolve().parents[3]
KEYS = sorted(registry.BUILDERS)

_OURS = "it has no platform: what it sends is read from the database"
EXEMPT: Mapping[tuple[str, str], str] = {
    ("webchat", "refusals"): _OURS,
    ("webchat", "no clear answer"): _OURS,
    ("webchat", "nobody listens"): _OURS,
    ("webchat", "credentials"): _OURS,
    ("webchat", "sources"): "its limits are ours",
    ("webchat", "missed"): "a page sends again what the house has not confirmed",
    ("webchat", "files heard"): "its files are uploaded to the house before they are named",
    ("telegram", "altered"): "Telegram signs nothing: a secret stands in the header",
}
"""A question a door need not answer, and why."""


def examples_of(key: str) -> Examples:
    """What the door's own tests tell of it."""
    found = importlib.import_module(f"tests.connectors.{key}.examples").EXAMPLES
    assert isinstance(found, Examples)
    return found


def built(key: str, **changes: str) -> Connector:
    """The door with its whole section, and changes to it."""
    door = registry.BUILDERS[key]({**examples_of(key).env, **changes})
    assert door is not None
    return door


@cache
def pure(key: str) -> Connector:
    """The door for questions that touch no network; made once, since making one takes a while."""
    return built(key)


def every_door(question: str) -> Callable[[Callable[..., object]], pytest.MarkDecorator]:
    """Asks the question of each door but those that are spared it."""
    reasons = {key: EXEMPT.get((key, question)) for key in KEYS}
    return pytest.mark.parametrize(
        "key",
        [
            pytest.param(key, marks=pytest.mark.skip(reason=why)) if (why := reasons[key]) else key
            for key in KEYS
        ],
    )
