"""The same questions to every open door."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from connectors import contract, registry
from connectors.contract import (
    Button,
    Buttons,
    Connector,
    Final,
    LooksUpSends,
    OutboundMessage,
    OutcomeUnknown,
    PayloadInvalid,
    Retryable,
    SendError,
    SignatureInvalid,
    TextUnit,
    WebhookRequest,
)

ROOT = Path(__file__).resolve().parents[3]
ENV = {
    "ONETHREAD_SECRET_KEY": "a-secret-key-of-32-characters-000",
    "ONETHREAD_PUBLIC_URL": "https://shop.example",
    "TWILIO_ACCOUNT_SID": "AC" + "1" * 32,
    "TWILIO_AUTH_TOKEN": "a-token",
    "TWILIO_SMS_FROM": "+15550009000",
    "TWILIO_WHATSAPP_FROM": "whatsapp:+15550009001",
    "WHATSAPP_PHONE_NUMBER_ID": "100000000000009",
    "WHATSAPP_ACCESS_TOKEN": "an-access-token",
    "WHATSAPP_APP_SECRET": "an-app-secret",
    "WHATSAPP_VERIFY_TOKEN": "a-verify-token",
    "TELEGRAM_BOT_TOKEN": "4242:a-bot-token",
    "TELEGRAM_SECRET_TOKEN": "a-webhook-secret",
}
DOORS = {connector.key: connector for connector in registry.build(ENV).values()}
TEXT = "Order 1042 is on its way. 👨‍👩‍👧‍👦 " * 400

every_door = pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)


def folder(door: Connector) -> Path:
    return ROOT / "connectors" / door.key


def test_every_registered_door_opens_with_a_whole_environment() -> None:
    assert set(DOORS) == set(registry.BUILDERS)


def test_half_a_section_is_one_sentence_that_names_all_that_is_missing() -> None:
    with pytest.raises(registry.ConnectorsIncomplete) as caught:
        registry.build({"TWILIO_SMS_FROM": "+1555"})
    assert caught.value.missing == ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")
    assert all(name in str(caught.value) for name in caught.value.missing)


def test_no_section_opens_no_door() -> None:
    assert registry.build({}) == {}


@every_door
def test_a_door_keeps_the_contract(door: Connector) -> None:
    assert isinstance(door, Connector)
    assert registry.build(ENV)[door.key, door.account].key == door.key


@every_door
def test_limits_are_said_with_their_source(door: Connector) -> None:
    limits = door.capabilities
    assert limits.text_max > 0
    if limits.buttons is Buttons.NATIVE:
        assert min(limits.buttons_max, limits.button_title_max, limits.tap_id_max_bytes) > 0
    if limits.links:
        assert limits.read_on
        assert all(link.startswith("https://") for link in limits.links)


@every_door
def test_an_unclear_send_can_be_settled(door: Connector) -> None:
    limits = door.capabilities
    assert limits.can_look_up == isinstance(cast(object, door), LooksUpSends)
    assert limits.echoes_oid or limits.can_look_up or limits.resend_when_unknown


@every_door
def test_a_request_without_a_signature_is_kept_out(door: Connector) -> None:
    request = WebhookRequest("POST", "https://shop.example/w", door.account, "", {}, b"From=%2B1555&Body=x")
    with pytest.raises(SignatureInvalid):
        door.verify(request)


@every_door
@pytest.mark.parametrize("body", [b"", b"\x00", b"\xff\xfe", b"[]", b"null", b"{" * 1000, b"%" * 1000])
def test_a_payload_that_says_nothing_is_refused_as_such(door: Connector, body: bytes) -> None:
    with pytest.raises(PayloadInvalid):
        door.parse(WebhookRequest("POST", "https://shop.example/w", door.account, "", {}, body))


@every_door
def test_long_texts_are_within_the_limit_and_lose_nothing(door: Connector) -> None:
    limits = door.capabilities
    parts = door.render(OutboundMessage(TEXT))
    for part in parts:
        units = (
            len(part.text.encode("utf-16-le")) // 2 if limits.text_unit is TextUnit.UTF16 else len(part.text)
        )
        assert units <= limits.text_max
    assert "".join("".join(part.text.split()) for part in parts) == "".join(TEXT.split())


@every_door
def test_every_choice_reaches_the_customer(door: Connector) -> None:
    buttons = tuple(Button(f"Choice {n}", f"m1.{n}") for n in range(1, 13))
    parts = door.render(OutboundMessage("Which?", buttons))
    for number, button in enumerate(buttons, 1):
        listed = any(f"{number}. {button.title}" in part.text for part in parts)
        assert listed or any(button in part.buttons for part in parts)


@every_door
def test_pure_files_touch_no_network_and_no_clock(door: Connector) -> None:
    banned = {"httpx", "socket", "asyncio", "time", "random", "requests", "redis", "sqlalchemy"}
    for name in ("capabilities", "verify", "parse", "render"):
        tree = ast.parse((folder(door) / f"{name}.py").read_text(encoding="utf-8"))
        assert not banned & set(_imports(tree)), name


@every_door
def test_a_door_does_not_print_its_secrets(door: Connector) -> None:
    secrets = [value for name, value in ENV.items() if name.endswith(("_KEY", "_TOKEN", "_SECRET"))]
    assert not [secret for secret in secrets if secret in repr(door)]


@pytest.mark.parametrize(
    "file", sorted((ROOT / "connectors").glob("[!_]*/verify.py")), ids=lambda f: f.parent.name
)
def test_what_a_door_can_do_is_asked_as_the_contract_says(file: Path) -> None:
    module = importlib.import_module(f"connectors.{file.parent.name}.connector")
    (door,) = [
        kind
        for kind in vars(module).values()
        if inspect.isclass(kind) and kind.__module__ == module.__name__ and hasattr(kind, "verify")
    ]
    for able in vars(contract).values():
        if not getattr(able, "_is_protocol", False):
            continue
        for name, promised in inspect.getmembers(able, inspect.isfunction):
            if hasattr(door, name) and not name.startswith("_"):
                kept = inspect.signature(getattr(door, name)).parameters
                assert [*kept] == [*inspect.signature(promised).parameters], name


def test_every_send_error_tells_the_house_one_thing() -> None:
    errors = [
        found
        for name in contract.__all__
        if isinstance(found := getattr(contract, name), type) and issubclass(found, SendError)
    ]
    for error in set(errors) - {SendError}:
        assert sum(issubclass(error, kind) for kind in (Retryable, Final, OutcomeUnknown)) == 1


def test_values_that_cross_a_room_cannot_be_changed() -> None:
    for name in contract.__all__:
        found = getattr(contract, name)
        if dataclasses.is_dataclass(found):
            assert found.__dataclass_params__.frozen, name


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]
