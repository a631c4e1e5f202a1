"""Before the walk: what both Twilio doors read of the environment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, SecretStr

from connectors._shared.settings import SettingsIncomplete, read_section

API_URL = "https://api.twilio.com"
_ACCOUNT = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")
_OPTIONAL = ("TWILIO_AUTH_TOKEN_PREVIOUS", "TWILIO_API_URL")


class TwilioSettings(BaseModel):
    """One sender of one Twilio account."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    account: str = "default"
    account_sid: str
    auth_token: SecretStr
    auth_token_previous: SecretStr | None = None
    """Still accepted on webhooks while a rotation is under way; never used to send."""
    sender: str
    """A number, or a messaging service's `MG..` id."""
    api_url: str = API_URL
    public_url: str
    """Where Twilio reaches this house; status callbacks go there."""

    def webhook_tokens(self) -> tuple[str, ...]:
        """Every token a webhook may be signed with."""
        tokens = (self.auth_token, self.auth_token_previous)
        return tuple(token.get_secret_value() for token in tokens if token is not None)

    @property
    def is_service(self) -> bool:
        """Whether the sender is a messaging service with numbers of its own."""
        return self.sender.startswith("MG")

    @property
    def is_real(self) -> bool:
        """Whether this is Twilio itself, in any of its regions, and no fake."""
        host = urlsplit(self.api_url).hostname or ""
        return host == "twilio.com" or host.endswith(".twilio.com")


def read_twilio(
    env: Mapping[str, str], section: str, sender: str, *, optional: Sequence[str] = ()
) -> tuple[dict[str, Any], Mapping[str, str]] | None:
    """Fields of `TwilioSettings`, and the door's own optional settings by name; None without the section.

    `sender` is the setting that names the number. Raises `SettingsIncomplete`.
    """
    required = (*_ACCOUNT, sender)
    found = read_section(env, section, required=required, optional=(*_OPTIONAL, *optional))
    if found is None:
        return None
    public_url = env.get("ONETHREAD_PUBLIC_URL", "").strip().rstrip("/")
    if not public_url:
        raise SettingsIncomplete(section, required, ["ONETHREAD_PUBLIC_URL"])
    previous = found.get("TWILIO_AUTH_TOKEN_PREVIOUS")
    fields = {
        "account_sid": found["TWILIO_ACCOUNT_SID"],
        "auth_token": SecretStr(found["TWILIO_AUTH_TOKEN"]),
        "auth_token_previous": SecretStr(previous) if previous else None,
        "sender": found[sender],
        "api_url": found.get("TWILIO_API_URL", API_URL).rstrip("/"),
        "public_url": public_url,
    }
    return fields, {name: value for name in optional if (value := found.get(name))}
