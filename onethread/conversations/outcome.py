"""Carries out what a finished turn asked for, inside the lane's transaction; says what is kept of it."""

from __future__ import annotations

from typing import assert_never

from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.conversations import consent
from onethread.conversations.texts import HouseTexts
from onethread.dialogue.compose import Draft
from onethread.dialogue.directives import (
    ConsentStart,
    ConsentStop,
    HandoffRequested,
    LanguageChosen,
    ShopRequested,
)
from onethread.dialogue.exchange import Exchange
from onethread.ids import InboxId, TurnId
from onethread.storage.addresses import KnownAddress, set_language
from onethread.storage.turns import NewTurn, ask_effect

_KEPT_OF_PARSE = frozenset({"intent", "confidence", "ranking", "language", "plainness"})
"""Entities are pieces of the customer's text and stay with the events."""


def turn_of(done: Exchange) -> NewTurn:
    """What is kept of the turn: its events, and the state after it."""
    return NewTurn(
        number=done.answer.number,
        model=done.answer.model,
        facts=done.answer.facts,
        state=done.answer.state,
        parse={key: value for key, value in done.answer.parse.items() if key in _KEPT_OF_PARSE},
        session_started_at=done.past.session_started_at,
        started_at=done.started_at,
        events=done.answer.events,
    )


async def carry_out(
    conn: AsyncConnection,
    texts: HouseTexts,
    address: KnownAddress,
    turn_id: TurnId,
    done: Exchange,
    *,
    language: str,
    inbox_id: InboxId,
) -> tuple[list[Draft], str | None]:
    """Apply the turn's directives; returns what the house adds, and why a person is needed, if so."""
    added: list[Draft] = []
    reason: str | None = None
    for place, asked in enumerate(done.answer.directives):
        match asked:
            case HandoffRequested():
                reason = asked.reason
            case ConsentStop():
                added += await consent.stop(
                    conn,
                    texts,
                    address,
                    source="intent",
                    language=language,
                    inbox_id=inbox_id,
                    # The carrier saw a sentence, no STOP word: it confirms nothing.
                    confirmed_by_carrier=False,
                )
            case ConsentStart():
                added += await consent.start(
                    conn,
                    texts,
                    address,
                    source="intent",
                    language=language,
                    inbox_id=inbox_id,
                    confirmed_by_carrier=False,
                )
            case ShopRequested():
                await ask_effect(
                    conn,
                    turn_id,
                    place,
                    customer_id=address.customer_id,
                    address_id=address.id,
                    effect=asked.effect,
                    order=asked.order,
                    note=asked.note,
                )
            case LanguageChosen():
                await set_language(conn, address.customer_id, asked.language, asked=True)
            case _:
                assert_never(asked)
    return added, reason
