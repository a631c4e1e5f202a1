from __future__ import annotations

import pytest

from connectors.contract import SignatureInvalid

from .door import ENV, door, message, request, update

BODY = update("message", message(text="hi"))
SECRET = ENV["TELEGRAM_SECRET_TOKEN"]


def test_our_secret_is_let_in() -> None:
    door().verify(request(BODY))


@pytest.mark.parametrize(
    "secret", [None, "", "a-secret_token-1", SECRET + "x", SECRET[:-1], "é", "\ud800", "a" * 10_000]
)
def test_any_other_secret_is_kept_out(secret: str | None) -> None:
    with pytest.raises(SignatureInvalid):
        door().verify(request(BODY, secret=secret))


@pytest.mark.parametrize("position", range(len(SECRET)))
def test_one_altered_character_is_kept_out(position: int) -> None:
    altered = SECRET[:position] + chr(ord(SECRET[position]) ^ 1) + SECRET[position + 1 :]
    with pytest.raises(SignatureInvalid):
        door().verify(request(BODY, secret=altered))


@pytest.mark.parametrize("secret", [None, "", "anything"])
def test_a_polled_bot_without_a_secret_lets_no_webhook_in(secret: str | None) -> None:
    polled = door(TELEGRAM_MODE="polling", TELEGRAM_SECRET_TOKEN="")
    with pytest.raises(SignatureInvalid):
        polled.verify(request(BODY, secret=secret))
