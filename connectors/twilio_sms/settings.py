"""Before the walk: this door's section of the environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from pydantic import PositiveFloat

from connectors._shared.settings import SettingsIncomplete, SettingUnusable
from connectors._shared.twilio.settings import TwilioSettings, read_twilio

_TITLE = "SMS (Twilio)"
_SENDER = "TWILIO_SMS_FROM"
_OTHER = "TWILIO_WHATSAPP_FROM"


class Settings(TwilioSettings):
    """One Twilio number, short code or messaging service that sends and receives SMS."""

    per_second: PositiveFloat | None = None
    """Messages a second; None: as fast as Twilio takes them into its own queue."""

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self | None:
        """None when the section is absent; raises `SettingsIncomplete` when it is half there."""
        if not env.get(_SENDER, "").strip() and env.get(_OTHER, "").strip():
            return None  # The Twilio account is there for its WhatsApp number alone.
        try:
            found = read_twilio(env, _TITLE, _SENDER, optional=("TWILIO_SMS_PER_SECOND",))
        except SettingsIncomplete as error:
            # An account without a number may be meant for either door.
            either = [f"{name} or {_OTHER}" if name == _SENDER else name for name in error.missing]
            raise SettingsIncomplete(_TITLE, error.present, either) from None
        if found is None:
            return None
        fields, own = found
        return cls(**fields, per_second=_rate(own.get("TWILIO_SMS_PER_SECOND")))


def _rate(written: str | None) -> float | None:
    try:
        rate = float(written) if written else None
    except ValueError:
        rate = 0.0
    if rate is not None and not 0 < rate < float("inf"):
        raise SettingUnusable(_TITLE, "TWILIO_SMS_PER_SECOND", "a number above 0")
    return rate
