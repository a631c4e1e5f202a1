"""What stands in where no account is configured: demo settings that lead each door to the simulator."""

from collections.abc import Mapping
from pathlib import Path

from onethread.supervisor.keys import kept_secret

SECTIONS = ("TWILIO_", "WHATSAPP_", "TELEGRAM_")
"""How the settings of an account begin. One setting of a section, and the operator sees to it all."""

DEMO_SHOP = "Brindle and Fern"
"""Whose orders and answers the demo has."""

SHOP_NUMBER = "+15550009000"
SHOP_WHATSAPP = "+15550009002"
"""The one at Twilio; the one at Meta is known by Meta's id of it."""


def demo_sections(env: Mapping[str, str]) -> tuple[str, ...]:
    """The sections nothing is set of."""
    return tuple(
        section
        for section in SECTIONS
        if not any(value.strip() for name, value in env.items() if name.startswith(section))
    )


def demo_settings(env: Mapping[str, str], data_dir: Path, simulator_url: str) -> dict[str, str]:
    """Settings of the demo accounts; a section the operator configured stays out of it, and real."""
    found: dict[str, str] = {}
    for section in demo_sections(env):
        secret = kept_secret(data_dir, f"fake_{section.lower()}secret")[:32]
        found |= _MADE[section](secret, simulator_url)
    return found


def embed_origins(env: Mapping[str, str], simulator_port: int) -> str:
    """The operator's origins, and those of the page with the phones, which shows the web chat in a frame."""
    own = f"http://127.0.0.1:{simulator_port} http://localhost:{simulator_port}"
    return f"{env.get('WEBCHAT_EMBED_ORIGINS', '')} {own}".strip()


def _twilio(secret: str, simulator_url: str) -> dict[str, str]:
    return {
        "TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000001",
        "TWILIO_AUTH_TOKEN": secret,
        "TWILIO_SMS_FROM": SHOP_NUMBER,
        "TWILIO_WHATSAPP_FROM": SHOP_WHATSAPP,
        "TWILIO_API_URL": f"{simulator_url}/twilio",
    }


def _whatsapp(secret: str, simulator_url: str) -> dict[str, str]:
    return {
        "WHATSAPP_PHONE_NUMBER_ID": "100000000000001",
        "WHATSAPP_ACCESS_TOKEN": f"demo-{secret}",
        "WHATSAPP_APP_SECRET": secret,
        "WHATSAPP_VERIFY_TOKEN": f"verify-{secret}",
        "WHATSAPP_API_URL": f"{simulator_url}/meta",
    }


def _telegram(secret: str, simulator_url: str) -> dict[str, str]:
    return {
        "TELEGRAM_BOT_TOKEN": f"1:{secret}",
        "TELEGRAM_SECRET_TOKEN": secret,
        "TELEGRAM_API_URL": f"{simulator_url}/telegram",
    }


_MADE = {"TWILIO_": _twilio, "WHATSAPP_": _whatsapp, "TELEGRAM_": _telegram}
