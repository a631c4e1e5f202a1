"""Before the walk: this door's section of the environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from pydantic import BaseModel, ConfigDict, SecretStr

from connectors._shared.settings import SettingsIncomplete, read_section

_REQUIRED = (
    "WHATSAPP_PHONE_NUMBER_ID",
    "WHATSAPP_ACCESS_TOKEN",
    "WHATSAPP_APP_SECRET",
    "WHATSAPP_VERIFY_TOKEN",
)
_OPTIONAL = ("WHATSAPP_API_URL", "WHATSAPP_REOPEN_TEMPLATE", "WHATSAPP_REOPEN_TEXT")
_API_URL = "https://graph.facebook.com"


class Settings(BaseModel):
    """One WhatsApp number of a Meta app."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    account: str = "default"
    phone_number_id: str
    """Meta's id of our number, not the number itself."""
    access_token: SecretStr
    app_secret: SecretStr
    """Signs every webhook."""
    verify_token: SecretStr
    """Of our own choosing; said back in the handshake."""
    api_url: str = _API_URL
    reopen_template: tuple[str, str] | None = None
    """Name and language of a template without variables that asks a customer to write again."""
    reopen_text: str = ""
    """What it says, for people who read the thread."""

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self | None:
        """None when the section is absent; raises `SettingsIncomplete` when it is half there."""
        found = read_section(env, "WhatsApp (Meta)", required=_REQUIRED, optional=_OPTIONAL)
        if found is None:
            return None
        return cls(
            phone_number_id=found["WHATSAPP_PHONE_NUMBER_ID"],
            access_token=SecretStr(found["WHATSAPP_ACCESS_TOKEN"]),
            app_secret=SecretStr(found["WHATSAPP_APP_SECRET"]),
            verify_token=SecretStr(found["WHATSAPP_VERIFY_TOKEN"]),
            api_url=found.get("WHATSAPP_API_URL", _API_URL).rstrip("/"),
            reopen_template=_template(found.get("WHATSAPP_REOPEN_TEMPLATE", "")),
            reopen_text=found.get("WHATSAPP_REOPEN_TEXT", ""),
        )


def _template(written: str) -> tuple[str, str] | None:
    """`name/language`, as in `answer_waits/en_US`; raises `SettingsIncomplete` without the language."""
    name, _, language = written.partition("/")
    if name and not language:
        raise SettingsIncomplete(
            "WhatsApp (Meta)", ["WHATSAPP_REOPEN_TEMPLATE"], ["its language (name/language)"]
        )
    return (name, language) if name else None
