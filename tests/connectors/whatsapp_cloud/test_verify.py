from __future__ import annotations

import dataclasses
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import AnswersHandshake, SignatureInvalid, WebhookRequest

from .door import URL, door, envelope, message, request, value

TEXT = envelope(value(messages=[message("text", {"body": "Grüße 👋 / ok"})]))


def test_a_signed_request_is_let_in() -> None:
    door().verify(request(TEXT))


def test_the_raw_bytes_are_signed_and_nothing_parsed_from_them() -> None:
    raw = b'{"entry":[ {"a" : "caf\\u00e9 \\/ \\ud83d\\udc4b"} ]}\n'
    door().verify(request(raw))


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_any_altered_byte_is_kept_out(place: int, change: int) -> None:
    good = request(TEXT)
    body = bytearray(good.body)
    body[place % len(body)] ^= change
    with pytest.raises(SignatureInvalid):
        door().verify(dataclasses.replace(good, body=bytes(body)))


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "sha256=",
        "sha256=" + "0" * 64,
        "sha1=" + "0" * 40,
        "é",
        request(TEXT).headers["x-hub-signature-256"][:-1],
        request(TEXT).headers["x-hub-signature-256"].removeprefix("sha256="),
        request(TEXT).headers["x-hub-signature-256"] + ", sha256=" + "0" * 64,
        request(TEXT, secret="another-app").headers["x-hub-signature-256"],
    ],
)
def test_another_signature_is_kept_out(signature: str) -> None:
    with pytest.raises(SignatureInvalid):
        door().verify(request(TEXT, signature=signature))


def asked(**changes: str) -> WebhookRequest:
    query = {
        "hub.mode": "subscribe",
        "hub.verify_token": "a-verify-token",
        "hub.challenge": "1158201444",
    } | {f"hub.{name}": found for name, found in changes.items()}
    return WebhookRequest("GET", URL, "default", urlencode(query), {}, b"")


def test_the_handshake_says_the_challenge_back() -> None:
    assert isinstance(door(), AnswersHandshake)
    assert door().handshake(asked()) == "1158201444"


@pytest.mark.parametrize(
    "changes",
    [
        {"verify_token": "another"},
        {"verify_token": ""},
        {"verify_token": "é"},
        {"mode": "unsubscribe"},
        {"mode": ""},
        {"challenge": ""},
        {"challenge": "<script>alert(1)</script>"},
        {"challenge": "1" * 257},
        {"challenge": "1\r\nset-cookie: x"},
    ],
)
def test_any_other_handshake_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(SignatureInvalid):
        door().handshake(asked(**changes))


def test_a_parameter_given_twice_is_refused() -> None:
    twice = dataclasses.replace(asked(), query=asked().query + "&hub.challenge=2")
    with pytest.raises(SignatureInvalid):
        door().handshake(twice)
