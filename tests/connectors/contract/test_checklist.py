"""The same questions to every door: what it has, and what it says of itself."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

import pytest

from connectors import contract, registry
from connectors._shared.settings import SettingsIncomplete
from connectors.contract import (
    Buttons,
    Connector,
    InboundKind,
    InboundMessage,
    ListsInbound,
    LocatesMedia,
    LooksUpSends,
    Polls,
    Registers,
    Reopens,
    ShowsTyping,
)

from .doors import EXEMPT, KEYS, ROOT, built, every_door, examples_of

FILES = ("settings", "capabilities", "verify", "parse", "render", "client", "connector")


def folder(key: str) -> Path:
    return ROOT / "connectors" / key


def test_every_exemption_is_of_a_door_that_is_there() -> None:
    assert {key for key, _ in EXEMPT} <= set(KEYS)


def test_no_section_opens_no_door() -> None:
    assert registry.build({}) == {}


def test_half_a_section_is_one_sentence_that_names_all_that_is_missing() -> None:
    with pytest.raises(registry.ConnectorsIncomplete) as caught:
        registry.build({"TWILIO_SMS_FROM": "+1555"})
    assert caught.value.missing == ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")
    assert all(name in str(caught.value) for name in caught.value.missing)


@every_door("opens")
def test_a_whole_section_opens_the_door(key: str) -> None:
    door = built(key)
    assert isinstance(door, Connector)
    assert (door.key, door.account) == (key, examples_of(key).customer.account)


@every_door("half a section")
def test_half_a_section_does_not_open_it(key: str) -> None:
    env = dict(examples_of(key).env)
    del env[examples_of(key).secret]
    if env:
        with pytest.raises(SettingsIncomplete) as caught:
            registry.BUILDERS[key](env)
        assert examples_of(key).secret in caught.value.missing
    else:
        assert registry.BUILDERS[key](env) is None


@every_door("same files")
def test_a_door_has_the_files_of_its_neighbours_and_each_says_what_it_is_for(key: str) -> None:
    for name in FILES:
        tree = ast.parse((folder(key) / f"{name}.py").read_text(encoding="utf-8"))
        assert ast.get_docstring(tree), name
    for file in folder(key).glob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        silent = [
            node.name
            for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            and not node.name.startswith("_")
            and not ast.get_docstring(node)
        ]
        assert silent == [], file.name


@every_door("sources")
def test_limits_are_said_with_their_source(key: str) -> None:
    limits = built(key).capabilities
    assert limits.links
    assert limits.read_on
    assert all(link.startswith("https://") for link in limits.links)


@every_door("limits")
def test_limits_fit_together(key: str) -> None:
    limits = built(key).capabilities
    assert limits.text_max > 0
    assert (limits.choices_text_max or limits.text_max) <= limits.text_max
    if limits.buttons is Buttons.NATIVE:
        assert min(limits.buttons_max, limits.button_title_max, limits.tap_id_max_bytes) > 0
    assert (limits.list_max > 0) == (limits.list_title_max > 0)
    assert limits.list_max == 0 or limits.list_max > limits.buttons_max


OPTIONAL: Mapping[str, type] = {
    "typing": ShowsTyping,
    "can_look_up": LooksUpSends,
}
"""Flags of `Capabilities` and the interface that carries each out."""


@every_door("flags")
@pytest.mark.parametrize("flag", OPTIONAL)
def test_a_flag_is_set_where_there_is_an_interface_to_carry_it_out(key: str, flag: str) -> None:
    door = built(key)
    able = isinstance(cast(object, door), OPTIONAL[flag])
    assert able or not getattr(door.capabilities, flag)


@every_door("unclear sends")
def test_an_unclear_send_can_be_settled(key: str) -> None:
    limits = built(key).capabilities
    assert limits.can_look_up == isinstance(cast(object, built(key)), LooksUpSends)
    assert limits.echoes_oid or limits.can_look_up or limits.resend_when_unknown
    assert limits.receipts or not limits.echoes_oid


@every_door("missed")
def test_what_the_house_missed_comes_again_or_can_be_listed(key: str) -> None:
    door = built(key)
    assert door.capabilities.redelivers != isinstance(cast(object, door), ListsInbound)


@every_door("files heard")
def test_files_that_are_heard_can_be_fetched(key: str) -> None:
    door, examples = built(key), examples_of(key)
    assert isinstance(cast(object, door), LocatesMedia) == (examples.photo is not None)
    if examples.photo is not None:
        (heard,) = door.parse(examples.photo(examples.env))
        assert isinstance(heard, InboundMessage)
        assert (heard.kind, len(heard.media)) == (InboundKind.MEDIA, 1)


@every_door("window")
def test_a_closed_window_can_be_opened_by_a_template(key: str) -> None:
    door = built(key)
    if door.capabilities.window_s is not None:
        assert door.capabilities.templates
    reopening = door.reopening if isinstance(door, Reopens) else None
    assert reopening is None or (reopening.template and reopening.text)


@every_door("switches")
def test_what_is_done_at_the_start_is_asked_for(key: str) -> None:
    door = cast(object, built(key))
    polling = door.polling if isinstance(door, Polls) else False
    registers = door.registers if isinstance(door, Registers) else False
    assert not (polling and registers)


@every_door("signatures of methods")
def test_what_a_door_can_do_is_asked_as_the_contract_says(key: str) -> None:
    door = type(built(key))
    for able in vars(contract).values():
        if not getattr(able, "_is_protocol", False):
            continue
        for name, promised in inspect.getmembers(able, inspect.isfunction):
            if hasattr(door, name) and not name.startswith("_"):
                kept = inspect.signature(getattr(door, name)).parameters
                assert [*kept] == [*inspect.signature(promised).parameters], name


@every_door("pure files")
def test_pure_files_touch_no_network_and_no_clock(key: str) -> None:
    banned = {"httpx", "socket", "asyncio", "time", "random", "requests", "redis", "sqlalchemy"}
    for name in ("capabilities", "verify", "parse", "render"):
        tree = ast.parse((folder(key) / f"{name}.py").read_text(encoding="utf-8"))
        assert not banned & set(_imports(tree)), name


@every_door("secrets")
def test_a_door_does_not_print_its_secrets(key: str) -> None:
    door, env = built(key), examples_of(key).env
    secrets = [value for name, value in env.items() if name.endswith(("_KEY", "_TOKEN", "_SECRET"))]
    assert secrets
    shown = repr(door) + repr(vars(door))
    assert not [secret for secret in secrets if secret in shown]


@every_door("who wrote")
def test_the_customer_is_named_as_this_door_names_them(key: str) -> None:
    door, examples = built(key), examples_of(key)
    (heard,) = door.parse(examples.says(examples.env, "hello"))
    assert isinstance(heard, InboundMessage)
    assert (heard.address, heard.text) == (examples.customer, "hello")
    assert examples.customer.phone in (heard.address.phone, heard.profile.phone)
    assert heard.provider_message_id


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]
