from __future__ import annotations

import pytest
from pydantic import ValidationError

from connectors._shared.settings import SettingsIncomplete
from connectors.twilio_sms.settings import Settings

from .door import ENV


def test_a_whole_section_opens_the_door() -> None:
    settings = Settings.from_env(ENV)
    assert settings is not None
    assert settings.public_url == "https://shop.example"
    assert settings.api_url == "https://api.twilio.com"
    assert settings.webhook_tokens() == ("current-token", "former-token")


@pytest.mark.parametrize("env", [{}, {"TWILIO_SMS_FROM": "  "}, {"TWILIO_API_URL": "http://127.0.0.1:1"}])
def test_no_section_means_no_door(env: dict[str, str]) -> None:
    assert Settings.from_env(env) is None


def test_half_a_section_names_all_that_is_missing() -> None:
    with pytest.raises(SettingsIncomplete) as caught:
        Settings.from_env({"TWILIO_AUTH_TOKEN": "t", "TWILIO_ACCOUNT_SID": " "})
    assert caught.value.missing == ("TWILIO_ACCOUNT_SID", "TWILIO_SMS_FROM or TWILIO_WHATSAPP_FROM")
    assert "t" not in str(caught.value).split()


def test_a_missing_public_url_is_said() -> None:
    with pytest.raises(SettingsIncomplete, match="ONETHREAD_PUBLIC_URL"):
        Settings.from_env({**ENV, "ONETHREAD_PUBLIC_URL": ""})


def test_an_account_used_for_whatsapp_alone_opens_no_sms_door() -> None:
    env = {"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "t", "TWILIO_WHATSAPP_FROM": "whatsapp:+1555"}
    assert Settings.from_env(env) is None


def test_secrets_do_not_show() -> None:
    assert "current-token" not in repr(Settings.from_env(ENV))


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate(
            {
                "account_sid": "AC1",
                "auth_token": "t",
                "sender": "+1",
                "public_url": "https://x",
                "colour": "red",
            }
        )


@pytest.mark.parametrize("rate", ["fast", "0", "-1", "inf", "nan"])
def test_a_rate_that_is_none_is_named(rate: str) -> None:
    with pytest.raises(SettingsIncomplete, match="TWILIO_SMS_PER_SECOND must be a number above 0"):
        Settings.from_env({**ENV, "TWILIO_SMS_PER_SECOND": rate})
