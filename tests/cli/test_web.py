"""What cannot be used is said in one sentence before anything listens."""

from __future__ import annotations

from pathlib import Path

import pytest

from onethread.cli import web

WHOLE = {
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "ONETHREAD_SECRET_KEY": "a-secret-key-of-32-characters-000",
    "ONETHREAD_INTERNAL_SECRET": "an-internal-secret",
}


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"ONETHREAD_SECRET_KEY": "short"}, "ONETHREAD_SECRET_KEY"),
        ({"TWILIO_SMS_FROM": "+15550009000"}, "TWILIO_AUTH_TOKEN"),
        ({"WEBCHAT_LOGIN_SECRET": "short"}, "WEBCHAT_LOGIN_SECRET"),
        ({"WEBCHAT_LOGIN_JWKS": "{file}"}, "WEBCHAT_LOGIN_JWKS"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(
    wrong: dict[str, str],
    named: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "keys.json").write_text("{}")
    for name, value in {**WHOLE, "ONETHREAD_DATA_DIR": str(tmp_path), **wrong}.items():
        monkeypatch.setenv(name, value.replace("{file}", str(tmp_path / "keys.json")))
    assert web.main([]) == 2
    said = capsys.readouterr().err
    assert named in said
    assert "Traceback" not in said
