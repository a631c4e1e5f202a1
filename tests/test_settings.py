"""Settings: sources, order, and one sentence for all that is wrong."""

from pathlib import Path

import pytest

from onethread.settings import INSTANCE_ENV, Settings, SettingsError, environment

ENOUGH = {
    "DATABASE_URL": "postgres://u:p@h:1/d",
    "REDIS_URL": "redis://h:1/0",
    "ONETHREAD_SECRET_KEY": "k" * 32,
    "ONETHREAD_INTERNAL_SECRET": "s" * 16,
}


def test_the_smallest_environment_is_enough() -> None:
    settings = Settings.load(ENOUGH)
    assert settings.database_url == "postgresql://u:p@h:1/d"
    assert settings.turn_deadline_s == 10.0
    assert settings.rasa_urls == ()


def test_a_list_of_rasa_processes_is_split_and_trimmed() -> None:
    settings = Settings.load(ENOUGH | {"ONETHREAD_RASA_URLS": "http://127.0.0.1:1/, http://127.0.0.1:2"})
    assert settings.rasa_urls == ("http://127.0.0.1:1", "http://127.0.0.1:2")


@pytest.mark.parametrize("zone", ["Nowhere/At_All", "../etc/passwd", "/etc"])
def test_a_time_zone_that_is_none_is_told(zone: str) -> None:
    assert Settings.load(ENOUGH).timezone == "UTC"
    with pytest.raises(SettingsError, match="ONETHREAD_TIMEZONE must be the name of a time zone"):
        Settings.load(ENOUGH | {"ONETHREAD_TIMEZONE": zone})


def test_everything_missing_is_named_in_one_sentence() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.load({})
    sentence = str(caught.value)
    assert all(name in sentence for name in ENOUGH)
    assert "\n" not in sentence


def test_an_error_never_shows_a_secret() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.load(ENOUGH | {"ONETHREAD_SECRET_KEY": "tooshort", "ONETHREAD_PORT": "99999"})
    assert "tooshort" not in str(caught.value)
    assert "ONETHREAD_SECRET_KEY" in str(caught.value)
    assert "ONETHREAD_PORT" in str(caught.value)


def test_an_empty_variable_counts_as_not_set() -> None:
    assert Settings.load(ENOUGH | {"ONETHREAD_PORT": ""}).port == 8800


def test_commands_beside_a_running_instance_learn_its_settings(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / INSTANCE_ENV).write_text(
        "DATABASE_URL='postgresql://from-instance/x'\nREDIS_URL='redis://i'\n"
    )
    merged = environment({"ONETHREAD_DATA_DIR": str(tmp_path), "REDIS_URL": "redis://mine"}, tmp_path)
    assert merged["DATABASE_URL"] == "postgresql://from-instance/x"
    assert merged["REDIS_URL"] == "redis://mine"


@pytest.mark.parametrize(
    "written", [b'A="unclosed\nB=1\n', b"A=1\n\xff\xfe=2\n", b"A=1\n===\n", b"A=1\x00\n"], ids=repr
)
def test_a_broken_env_file_is_one_sentence_without_its_values(tmp_path: Path, written: bytes) -> None:
    (tmp_path / ".env").write_bytes(written)
    with pytest.raises(SettingsError) as caught:
        environment({}, tmp_path, beside_instance=False)
    assert ".env cannot be" in str(caught.value)
    assert "unclosed" not in str(caught.value)
