"""Only our own socket speaks for a session, and a frame says exactly one thing."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from connectors.contract import (
    InboundKind,
    InboundMessage,
    PayloadInvalid,
    Receipt,
    ReceiptStatus,
    SignatureInvalid,
    WebhookRequest,
)
from connectors.webchat.connector import WebchatConnector, build
from connectors.webchat.parse import client_id
from connectors.webchat.settings import WebchatSettings, origin_of
from connectors.webchat.verify import ADDRESS_HEADER, SIGNATURE_HEADER

SECRET = "s" * 32


@pytest.fixture
def door() -> WebchatConnector:
    made = build({"ONETHREAD_SECRET_KEY": SECRET})
    assert made is not None
    return made


def signed(door: WebchatConnector, **frame: object) -> WebhookRequest:
    return door.request("an-address", json.dumps(frame).encode())


def test_a_frame_of_the_socket_is_let_in(door: WebchatConnector) -> None:
    door.verify(signed(door, type="message", id="1", text="hi"))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {ADDRESS_HEADER: "an-address"},
        {ADDRESS_HEADER: "an-address", SIGNATURE_HEADER: ""},
        {ADDRESS_HEADER: "an-address", SIGNATURE_HEADER: "ü" * 64},
        {ADDRESS_HEADER: "another", SIGNATURE_HEADER: None},
    ],
)
def test_whatever_the_socket_did_not_sign_is_refused(
    door: WebchatConnector, headers: dict[str, str | None]
) -> None:
    good = signed(door, type="message", id="1", text="hi")
    forged = {k: v if v is not None else good.headers[SIGNATURE_HEADER] for k, v in headers.items()}
    with pytest.raises(SignatureInvalid):
        door.verify(replace(good, headers=forged))


def test_a_changed_body_or_account_is_refused(door: WebchatConnector) -> None:
    good = signed(door, type="message", id="1", text="hi")
    for bad in (replace(good, body=good.body + b" "), replace(good, account="other")):
        with pytest.raises(SignatureInvalid):
            door.verify(bad)


def test_another_houses_signature_is_refused(door: WebchatConnector) -> None:
    other = build({"ONETHREAD_SECRET_KEY": "t" * 32})
    assert other is not None
    with pytest.raises(SignatureInvalid):
        door.verify(signed(other, type="message", id="1", text="hi"))


def test_a_text_is_unique_within_its_address(door: WebchatConnector) -> None:
    (heard,) = door.parse(signed(door, type="message", id="one", text="/restart"))
    assert isinstance(heard, InboundMessage)
    assert (heard.kind, heard.text, heard.tap) == (InboundKind.TEXT, "/restart", None)
    assert heard.provider_message_id == "an-address:one"
    assert client_id(heard.provider_message_id) == "one"


def test_a_tap_has_no_text_of_its_own(door: WebchatConnector) -> None:
    (heard,) = door.parse(signed(door, type="tap", id="one", tap="m4.2", text="ignored"))
    assert isinstance(heard, InboundMessage)
    assert (heard.kind, heard.text, heard.tap) == (InboundKind.TAP, "", "m4.2")


def test_receipts_name_our_own_sends(door: WebchatConnector) -> None:
    assert door.parse(signed(door, type="read", oids=["a", "b"])) == [
        Receipt(account="default", status=ReceiptStatus.READ, oid=oid) for oid in ("a", "b")
    ]


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b"\xff", b'{"type":"x"}', b'{"type":"message","id":"1"}', b'{"type":"read"}'],
)
def test_rubbish_is_called_rubbish(door: WebchatConnector, body: bytes) -> None:
    with pytest.raises(PayloadInvalid):
        door.parse(door.request("an-address", body))


def test_without_a_secret_key_there_is_no_door() -> None:
    assert build({}) is None


def test_origins_of_embedders_are_read_strictly() -> None:
    settings = WebchatSettings.from_env(
        {
            "ONETHREAD_SECRET_KEY": SECRET,
            "WEBCHAT_EMBED_ORIGINS": "https://Shop.example/path, http://x.example:8080",
        }
    )
    assert settings is not None
    assert settings.embed_origins == ("https://shop.example", "http://x.example:8080")
    for wrong in ("shop.example", "*", "javascript:alert(1)", "https://"):
        with pytest.raises(ValueError, match="origin"):
            origin_of(wrong)
