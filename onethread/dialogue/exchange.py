"""Step 4: one exchange with Rasa: the past goes in, the answer comes out, nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.dialogue.following import least_plainness
from onethread.dialogue.rasa_client import RasaClient, TurnAnswer
from onethread.dialogue.tracker import Past, fresh_of, read_past
from onethread.ids import TurnId
from onethread.storage.addresses import KnownAddress
from onethread.storage.vouching import vouched_phone


@dataclass(frozen=True, slots=True)
class Message:
    """What the customer said, as Rasa is told."""

    turn_id: TurnId
    id: str
    text: str
    parse_data: Mapping[str, Any] | None
    language: str
    """What to answer in while nothing else is told."""
    at: datetime
    app_language: str | None = None
    """Of the app it was written in, as its platform says."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A turn that Rasa finished and the house has not stored yet."""

    past: Past
    answer: TurnAnswer
    started_at: datetime


async def exchange(
    rasa: RasaClient,
    conn: AsyncConnection,
    address: KnownAddress,
    message: Message,
    *,
    idle: timedelta,
    deadline_s: float,
) -> Exchange:
    """Ask Rasa for the turn of this message; raises a `TurnFailure`."""
    past = await read_past(conn, address.customer_id, now=message.at, idle=idle, fresh=fresh_of(address))
    phone = address.phone or await vouched_phone(conn, address.id)
    request = request_of(past, address, message, phone)
    answer = await rasa.turn(address.customer_id, request, deadline_s=deadline_s)
    return Exchange(past, answer, message.at)


def request_of(
    past: Past, address: KnownAddress, message: Message, phone: str | None = None
) -> dict[str, Any]:
    """The request of a turn. What is trusted travels as metadata, never in a slot.

    `phone`: the number that speaks for whoever wrote this, attested or proved.
    """
    facts = {
        "channel": address.channel,
        "connector": address.connector,
        # Null: unknown. Then `fallback_language` is spoken, unless this message says better (`follow`).
        "language": address.language,
        "fallback_language": message.language,
        "follow": least_plainness(
            address.language,
            asked=address.language_asked,
            before=past.understood,
            app=message.app_language,
        ),
        "address_id": str(address.id),
        "phone": phone,
        "trust": "attested" if address.phone else "proved" if phone else "anonymous",
        "first_contact": past.version == 0,
    }
    return {
        "customer_id": str(address.customer_id),
        "turn_id": str(message.turn_id),
        "channel": address.channel,
        "now": message.at.timestamp(),
        "session": past.session,
        "window": past.window(),
        "message": {
            "text": message.text,
            "message_id": message.id,
            "metadata": {"onethread": facts},
            "parse_data": message.parse_data,
        },
    }
