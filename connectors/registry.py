"""Before the walk: which doors are open, one line each."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from connectors._shared.settings import SettingsIncomplete
from connectors.contract import Connector

from .telegram.connector import Telegram
from .twilio_sms.connector import TwilioSms
from .twilio_whatsapp.connector import TwilioWhatsApp
from .webchat.connector import build as build_webchat
from .whatsapp_cloud.connector import WhatsAppCloud

Build = Callable[[Mapping[str, str]], Connector | None]

BUILDERS: Mapping[str, Build] = {
    "telegram": Telegram.from_env,
    "twilio_sms": TwilioSms.from_env,
    "twilio_whatsapp": TwilioWhatsApp.from_env,
    "webchat": build_webchat,
    "whatsapp_cloud": WhatsAppCloud.from_env,
}


class ConnectorsIncomplete(Exception):
    """Some sections are half there; the message names all that is missing in all of them."""

    def __init__(self, sections: list[SettingsIncomplete]) -> None:
        self.missing = tuple(name for section in sections for name in section.missing)
        super().__init__(" ".join(str(section) for section in sections))


def build(env: Mapping[str, str]) -> dict[tuple[str, str], Connector]:
    """Every connector whose section is in `env`, by (connector, account).

    Raises `ConnectorsIncomplete` when a section is half there.
    """
    connectors: dict[tuple[str, str], Connector] = {}
    incomplete: list[SettingsIncomplete] = []
    for key, build_one in BUILDERS.items():
        try:
            connector = build_one(env)
        except SettingsIncomplete as error:
            incomplete.append(error)
            continue
        if connector is not None:
            connectors[key, connector.account] = connector
    if incomplete:
        raise ConnectorsIncomplete(incomplete)
    return connectors
