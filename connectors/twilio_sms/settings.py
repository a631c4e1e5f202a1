"""Before the walk: this door's section of the environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from pydantic import BaseModel, ConfigDict, SecretStr

from connectors._shared.settings import SettingsIncomplete, read_section

_REQUIRED = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_SMS_FROM")
_OPTIONAL = ("TWILIO_AUTH_TOKEN_PREVIOUS", "TWILIO_API_URL")


class Settings(BaseModel):
    """One Twilio number (or messaging service) that sends and receives SMS."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    account: str = "default"
    account_sid: str
    auth_token: SecretStr
    auth_token_previous: SecretStr | None = None
    """Still accepted on webhooks while a rotation is under way; never used to send."""
    sender: str
    """E.164 number, short code, or a messaging service's `MG..` id."""
    api_url: str = "https://api.twilio.com"
    public_url: str
    """Where Twilio reaches this house; status callbacks go there."""

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self | None:
        """None when the section is absent; raises `SettingsIncomplete` when it is half there."""
        if not env.get("TWILIO_SMS_FROM", "").strip() and env.get("TWILIO_WHATSAPP_FROM", "").strip():
            return None  # The Twilio account is there for its WhatsApp number alone.
        found = read_section(env, "SMS (Twilio)", required=_REQUIRED, optional=_OPTIONAL)
        if found is None:
            return None
        public_url = env.get("ONETHREAD_PUBLIC_URL", "").strip().rstrip("/")
        if not public_url:
            raise SettingsIncomplete("SMS (Twilio)", _REQUIRED, ["ONETHREAD_PUBLIC_URL"])
        previous = found.get("TWILIO_AUTH_TOKEN_PREVIOUS")
        return cls(
            account_sid=found["TWILIO_ACCOUNT_SID"],
            auth_token=SecretStr(found["TWILIO_AUTH_TOKEN"]),
            auth_token_previous=SecretStr(previous) if previous else None,
            sender=found["TWILIO_SMS_FROM"],
            api_url=found.get("TWILIO_API_URL", "https://api.twilio.com").rstrip("/"),
            public_url=public_url,
        )

    def webhook_tokens(self) -> tuple[str, ...]:
        """Every token a webhook may be signed with."""
        tokens = (self.auth_token, self.auth_token_previous)
        return tuple(token.get_secret_value() for token in tokens if token is not None)
