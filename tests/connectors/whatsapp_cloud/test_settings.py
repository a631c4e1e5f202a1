from __future__ import annotations

import pytest

from connectors._shared.settings import SettingsIncomplete
from connectors.whatsapp_cloud.settings import Settings

from .door import ENV


def test_a_whole_section_is_read() -> None:
    settings = Settings.from_env(ENV)
    assert settings is not None
    assert (settings.phone_number_id, settings.api_url) == ("100000000000009", "https://graph.facebook.com")


def test_no_section_is_no_door() -> None:
    assert Settings.from_env({"WHATSAPP_API_URL": "http://127.0.0.1:1"}) is None


@pytest.mark.parametrize("given", ENV)
def test_half_a_section_names_all_that_is_missing(given: str) -> None:
    with pytest.raises(SettingsIncomplete) as caught:
        Settings.from_env({given: "x", "WHATSAPP_API_URL": "http://127.0.0.1:1"})
    assert set(caught.value.missing) == set(ENV) - {given}


def test_secrets_are_not_shown() -> None:
    shown = repr(Settings.from_env(ENV))
    assert not [name for name in ENV if name != "WHATSAPP_PHONE_NUMBER_ID" and ENV[name] in shown]


def test_another_address_may_stand_in_for_meta() -> None:
    settings = Settings.from_env({**ENV, "WHATSAPP_API_URL": "http://127.0.0.1:8811/"})
    assert settings is not None
    assert settings.api_url == "http://127.0.0.1:8811"
