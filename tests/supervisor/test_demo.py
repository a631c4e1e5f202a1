"""Doors without an account lead to the simulator; a configured one never does."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.registry import build
from connectors.webchat.settings import WebchatSettings
from onethread.supervisor.demo import SECTIONS, demo_sections, demo_settings, embed_origins
from onethread.supervisor.instance import Instance, Options

URL = "http://127.0.0.1:8810"


def test_with_nothing_set_every_door_is_a_demo(tmp_path: Path) -> None:
    made = demo_settings({}, tmp_path, URL)
    assert {name for name in made if name.endswith("_API_URL")} == {f"{one}API_URL" for one in SECTIONS}
    assert all(made[f"{one}API_URL"].startswith(f"{URL}/") for one in SECTIONS)
    assert made == demo_settings({}, tmp_path, URL), "secrets stay over a restart"


@pytest.mark.parametrize("name", ["TWILIO_AUTH_TOKEN", "WHATSAPP_ACCESS_TOKEN", "TELEGRAM_BOT_TOKEN"])
def test_one_setting_of_a_section_keeps_it_real(tmp_path: Path, name: str) -> None:
    section = next(one for one in SECTIONS if name.startswith(one))
    made = demo_settings({name: "x"}, tmp_path, URL)
    assert made
    assert not [one for one in made if one.startswith(section)]


def test_a_blank_setting_is_none() -> None:
    assert demo_sections({"TWILIO_AUTH_TOKEN": " "}) == SECTIONS


def test_the_doors_of_a_demo_open(tmp_path: Path) -> None:
    options = Options(data_dir=tmp_path)
    instance = Instance.make(options, {"DATABASE_URL": "postgresql://later/x", "REDIS_URL": "redis://x/0"})
    assert instance.has_simulator
    doors = build(instance.child_env())
    assert {"twilio_sms", "whatsapp_cloud", "telegram", "webchat"} <= {key for key, _ in doors}


def test_with_every_account_there_is_no_simulator(tmp_path: Path) -> None:
    env = {"TWILIO_AUTH_TOKEN": "x", "WHATSAPP_APP_SECRET": "x", "TELEGRAM_BOT_TOKEN": "x"}
    instance = Instance.make(Options(data_dir=tmp_path), env)
    assert not instance.has_simulator
    assert "WEBCHAT_EMBED_ORIGINS" not in instance.child_env()


def test_the_page_may_show_the_web_chat_beside_the_operators_own_sites() -> None:
    origins = embed_origins({"WEBCHAT_EMBED_ORIGINS": "https://shop.example"}, 8810)
    settings = WebchatSettings.from_env({"ONETHREAD_SECRET_KEY": "k" * 32, "WEBCHAT_EMBED_ORIGINS": origins})
    assert settings is not None
    assert settings.embed_origins == ("https://shop.example", URL, "http://localhost:8810")
