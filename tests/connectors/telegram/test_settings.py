from __future__ import annotations

import pytest

from connectors._shared.settings import SettingsIncomplete
from connectors.telegram.settings import Mode, Settings

from .door import ENV


def test_a_whole_section_opens_the_door() -> None:
    settings = Settings.from_env(ENV)
    assert settings is not None
    assert (settings.api_url, settings.mode) == ("https://api.telegram.org", Mode.WEBHOOK)


@pytest.mark.parametrize("env", [{}, {"TELEGRAM_BOT_TOKEN": " "}, {"TELEGRAM_API_URL": "http://127.0.0.1:1"}])
def test_no_section_means_no_door(env: dict[str, str]) -> None:
    assert Settings.from_env(env) is None


@pytest.mark.parametrize("name", ENV)
def test_half_a_section_names_what_is_missing(name: str) -> None:
    with pytest.raises(SettingsIncomplete) as caught:
        Settings.from_env({name: ENV[name]})
    assert caught.value.missing == tuple(set(ENV) - {name})
    assert ENV[name] not in str(caught.value)


def test_polling_needs_no_secret() -> None:
    settings = Settings.from_env(
        {"TELEGRAM_BOT_TOKEN": ENV["TELEGRAM_BOT_TOKEN"], "TELEGRAM_MODE": "polling"}
    )
    assert settings is not None
    assert settings.secret_token is None


def test_to_register_the_public_address_is_needed() -> None:
    with pytest.raises(SettingsIncomplete, match="ONETHREAD_PUBLIC_URL"):
        Settings.from_env({**ENV, "TELEGRAM_MODE": "register"})


@pytest.mark.parametrize(
    "changes",
    [
        {"TELEGRAM_MODE": "carrier pigeon"},
        {"TELEGRAM_SECRET_TOKEN": "with a blank"},
        {"TELEGRAM_SECRET_TOKEN": "a" * 257},
    ],
)
def test_what_telegram_would_refuse_stops_the_start(changes: dict[str, str]) -> None:
    (name, value) = next(iter(changes.items()))
    with pytest.raises(SettingsIncomplete, match=name) as caught:
        Settings.from_env({**ENV, **changes})
    assert value not in str(caught.value)


def test_secrets_do_not_show() -> None:
    shown = repr(Settings.from_env(ENV))
    assert not any(secret in shown for secret in ENV.values())
