"""Before the walk: this door's section of the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Self

from connectors._shared.settings import SettingUnusable
from connectors._shared.twilio.settings import TwilioSettings, read_twilio

_TITLE = "WhatsApp (Twilio)"
_SENDER = "TWILIO_WHATSAPP_FROM"
_CONTENT, _TYPING = "TWILIO_CONTENT_API_URL", "TWILIO_WHATSAPP_TYPING"
_REOPEN, _REOPEN_TEXT = "TWILIO_WHATSAPP_REOPEN_TEMPLATE", "TWILIO_WHATSAPP_REOPEN_TEXT"
_CONTENT_URL, _MESSAGING_URL = "https://content.twilio.com", "https://messaging.twilio.com"
_SENDERS = re.compile(r"\+[1-9]\d{4,14}|MG\w+")
PREFIX = "whatsapp:"


class Settings(TwilioSettings):
    """One WhatsApp sender (or messaging service) of a Twilio account."""

    content_api_url: str
    """Where Content templates are made."""
    messaging_api_url: str
    """Where typing is shown."""
    typing: bool = False
    reopen_template: str = ""
    """`HX..` id of the approved template that is sent when the 24 hours are over; none: a person is asked."""
    reopen_text: str = ""
    """What it says, for the people who read the thread."""

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self | None:
        """None when the section is absent; raises `SettingsIncomplete` when it is half there."""
        if not env.get(_SENDER, "").strip():
            return None  # Half an account without any number is told of by the SMS door.
        found = read_twilio(env, _TITLE, _SENDER, optional=(_CONTENT, _TYPING, _REOPEN, _REOPEN_TEXT))
        if found is None:
            return None
        fields, own = found
        given = TwilioSettings(**fields)
        sender = given.sender.removeprefix(PREFIX).strip()
        if not _SENDERS.fullmatch(sender):
            raise SettingUnusable(_TITLE, _SENDER, "a number such as +15550009001, or a service's MG.. id")
        # A fake carries all of Twilio's hosts on one.
        content_url, messaging_url = (
            (_CONTENT_URL, _MESSAGING_URL) if given.is_real else (given.api_url, given.api_url)
        )
        return cls(
            **{**fields, "sender": sender},
            content_api_url=own.get(_CONTENT, content_url).rstrip("/"),
            messaging_api_url=messaging_url,
            typing=_is_on(own.get(_TYPING, "off")),
            reopen_template=own.get(_REOPEN, ""),
            reopen_text=own.get(_REOPEN_TEXT, ""),
        )


def _is_on(written: str) -> bool:
    if written.lower() not in ("on", "off"):
        raise SettingUnusable(_TITLE, _TYPING, "on or off")
    return written.lower() == "on"
