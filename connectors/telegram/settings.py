"""Before the walk: this door's section of the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, SecretStr

from connectors._shared.settings import SettingsIncomplete, SettingUnusable, read_section

_TITLE = "Telegram"
_REQUIRED = ("TELEGRAM_BOT_TOKEN", "TELEGRAM_SECRET_TOKEN")
_OPTIONAL = ("TELEGRAM_API_URL", "TELEGRAM_MODE")
# As setWebhook takes it: core.telegram.org/bots/api#setwebhook, read 2026-11.
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


class Mode(StrEnum):
    """How updates reach this house."""

    WEBHOOK = "webhook"
    """Telegram posts them; somebody has told it where."""
    REGISTER = "register"
    """Telegram posts them; the worker tells it where at each start."""
    POLLING = "polling"
    """The worker fetches them: no public address is needed."""


class Settings(BaseModel):
    """One bot."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    account: str = "default"
    bot_token: SecretStr
    secret_token: SecretStr | None
    """Telegram repeats it in each webhook; None only when polling, and then no webhook is let in."""
    api_url: str = "https://api.telegram.org"
    mode: Mode = Mode.WEBHOOK
    public_url: str = ""
    """Where Telegram reaches this house; only needed to register."""

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self | None:
        """None when the section is absent; raises `SettingsIncomplete` when it is half there."""
        wanted = env.get("TELEGRAM_MODE", "").strip() or Mode.WEBHOOK
        required = _REQUIRED[:1] if wanted == Mode.POLLING else _REQUIRED
        found = read_section(env, _TITLE, required=required, optional=(*_OPTIONAL, _REQUIRED[1]))
        if found is None:
            return None
        if wanted not in set(Mode):
            raise SettingUnusable(_TITLE, "TELEGRAM_MODE", "webhook, register or polling")
        secret = found.get("TELEGRAM_SECRET_TOKEN")
        if secret and not _SECRET.fullmatch(secret):
            raise SettingUnusable(_TITLE, "TELEGRAM_SECRET_TOKEN", "1 to 256 letters, digits, _ or -")
        public_url = env.get("ONETHREAD_PUBLIC_URL", "").strip().rstrip("/")
        if wanted == Mode.REGISTER and not public_url:
            raise SettingsIncomplete(_TITLE, _REQUIRED, ["ONETHREAD_PUBLIC_URL"])
        return cls(
            bot_token=SecretStr(found["TELEGRAM_BOT_TOKEN"]),
            secret_token=SecretStr(secret) if secret else None,
            api_url=found.get("TELEGRAM_API_URL", "https://api.telegram.org").rstrip("/"),
            mode=Mode(wanted),
            public_url=public_url,
        )
