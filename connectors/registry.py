"""Before the walk: which doors are open, one line each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

from connectors._shared.settings import SettingsIncomplete
from connectors.contract import Connector

DOORS = (
    "telegram",
    "twilio_sms",
    "twilio_whatsapp",
    "webchat",
    "whatsapp_cloud",
)
"""Folders beside this file; each has a `connector.py` with a `build`."""

Build = Callable[[Mapping[str, str]], Connector | None]


def _builder(door: str) -> Build:
    build: Build = import_module(f"connectors.{door}.connector").build
    return build


BUILDERS: Mapping[str, Build] = {door: _builder(door) for door in DOORS}
"""Makes each door from the environment: None when its section is absent."""


class ConnectorsIncomplete(Exception):
    """Some sections are half there; the message names all that is missing in all of them."""

    def __init__(self, sections: list[SettingsIncomplete]) -> None:
        self.missing = tuple(name for section in sections for name in section.missing)
        super().__init__(" ".join(str(section) for section in sections))


def build(env: Mapping[str, str]) -> dict[tuple[str, str], Connector]:
    """Every connector whose section is in `env`, by (connector, account).

    Raises `ConnectorsIncomplete` when a section is half there.
    """
    connectors: dict[tuple[str, str], Connector] = {}
    incomplete: list[SettingsIncomplete] = []
    for key, build_one in BUILDERS.items():
        try:
            connector = build_one(env)
        except SettingsIncomplete as error:
            incomplete.append(error)
            continue
        if connector is not None:
            connectors[key, connector.account] = connector
    if incomplete:
        raise ConnectorsIncomplete(incomplete)
    return connectors
