from __future__ import annotations

import pytest

from connectors._shared.settings import SettingsIncomplete
from connectors.twilio_whatsapp.settings import Settings

from .door import ENV, door


def settings(**changes: str) -> Settings:
    read = Settings.from_env(ENV | changes)
    assert read is not None
    return read


def test_a_whole_section_opens_the_door() -> None:
    read = settings()
    assert (read.sender, read.public_url) == ("+15550009001", "https://shop.example")
    assert (read.api_url, read.content_api_url) == ("https://api.twilio.com", "https://content.twilio.com")
    assert read.messaging_api_url == "https://messaging.twilio.com"
    assert read.webhook_tokens() == ("current-token", "former-token")
    assert not read.typing


@pytest.mark.parametrize("sender", ["+15550009001", "whatsapp:+15550009001", " whatsapp:+15550009001 "])
def test_the_number_may_be_written_with_its_channel(sender: str) -> None:
    assert settings(TWILIO_WHATSAPP_FROM=sender).sender == "+15550009001"


def test_a_fake_carries_every_host() -> None:
    read = settings(TWILIO_API_URL="http://127.0.0.1:8810/twilio/")
    assert read.content_api_url == read.messaging_api_url == "http://127.0.0.1:8810/twilio"
    assert settings(TWILIO_CONTENT_API_URL="http://127.0.0.1:1/").content_api_url == "http://127.0.0.1:1"


def test_a_region_of_twilio_is_twilio() -> None:
    read = settings(TWILIO_API_URL="https://api.dublin.ie1.twilio.com")
    assert read.content_api_url == "https://content.twilio.com"


@pytest.mark.parametrize(
    "env",
    [
        {},
        {"TWILIO_WHATSAPP_FROM": " "},
        {"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "t", "TWILIO_SMS_FROM": "+1555"},
    ],
)
def test_no_number_means_no_door(env: dict[str, str]) -> None:
    assert Settings.from_env(env) is None


def test_half_a_section_names_all_that_is_missing() -> None:
    with pytest.raises(SettingsIncomplete) as caught:
        Settings.from_env({"TWILIO_WHATSAPP_FROM": "+1555"})
    assert caught.value.missing == ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")
    with pytest.raises(SettingsIncomplete, match="ONETHREAD_PUBLIC_URL"):
        settings(ONETHREAD_PUBLIC_URL="")


@pytest.mark.parametrize("sender", ["whatsapp:", "15550009001", "shop"])
def test_a_sender_that_is_none_is_named(sender: str) -> None:
    with pytest.raises(SettingsIncomplete, match="TWILIO_WHATSAPP_FROM must be a number"):
        settings(TWILIO_WHATSAPP_FROM=sender)


def test_a_setting_that_cannot_be_used_is_named() -> None:
    with pytest.raises(SettingsIncomplete, match="TWILIO_WHATSAPP_TYPING must be on or off"):
        settings(TWILIO_WHATSAPP_TYPING="perhaps")


def test_what_reopens_a_window_comes_from_the_settings() -> None:
    assert door().reopening is None
    built = door(TWILIO_WHATSAPP_REOPEN_TEMPLATE="HX7", TWILIO_WHATSAPP_REOPEN_TEXT="May we go on?")
    assert built.reopening is not None
    assert built.reopening.template is not None
    assert (built.reopening.text, built.reopening.template.name) == ("May we go on?", "HX7")


def test_secrets_do_not_show() -> None:
    assert "current-token" not in repr(settings())
