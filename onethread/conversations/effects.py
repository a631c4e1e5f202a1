"""Asks the shop for what turns wanted, after their commit and once a key; tells the customer how it ended."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from onethread.conversations.failures import next_delay
from onethread.conversations.say import Chapter, write
from onethread.conversations.turn import Talk
from onethread.dialogue.compose import Draft
from onethread.ids import CustomerId
from onethread.orders import OrdersUnavailable, ShopEffects
from onethread.storage.addresses import read_address
from onethread.storage.conversations import set_owner
from onethread.storage.effects import AskedEffect, end_effect, postpone_effect, take_effect
from onethread.storage.engine import AWAY

log = structlog.get_logger()

_POLL_S = 0.5
_GIVE_UP_AFTER = timedelta(hours=1)


async def run(engine: AsyncEngine, talk: Talk, shop: ShopEffects, stop: asyncio.Event) -> None:
    """Carry out requests until `stop`."""
    while not stop.is_set():
        try:
            told = await carry_out_next(engine, talk, shop)
        except AWAY as error:
            log.warning("effects.database.away", error=type(error).__name__)
            told = None
        if told is not None:
            talk.fanout.thread(told)
            continue
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _POLL_S)


async def carry_out_next(engine: AsyncEngine, talk: Talk, shop: ShopEffects) -> CustomerId | None:
    """One request, if one is due; whose thread changed."""
    async with engine.begin() as conn:
        asked = await take_effect(conn)
        if asked is None:
            return None
        try:
            done = await shop.apply(asked.key, asked.effect, asked.order_number, asked.note)
        except OrdersUnavailable:
            await _later(conn, asked)
            return None
        await end_effect(conn, asked.id, "done" if done else "refused")
        await _tell(conn, talk, asked, "done" if done else "refused")
        return asked.customer_id


async def _later(conn: AsyncConnection, asked: AskedEffect) -> None:
    """Try again; after an hour a person has to."""
    waited = datetime.now(UTC) - asked.asked_at
    if waited < _GIVE_UP_AFTER:
        await postpone_effect(conn, asked.id, next_delay(waited.total_seconds()))
        return
    log.error("effects.shop.silent", effect_id=asked.id)
    await end_effect(conn, asked.id, "failed")
    await set_owner(conn, asked.customer_id, "queue", reason="shop request failed", expected=("bot",))


async def _tell(conn: AsyncConnection, talk: Talk, asked: AskedEffect, end: str) -> None:
    address = await read_address(conn, asked.address_id)
    if address is None or address.opted_out_at is not None:
        return
    key = f"{asked.effect}_{end}"
    said = talk.texts.say(key, address.language or talk.default_language, order=asked.order_number)
    draft = Draft(
        text=said.text,
        author="house",
        purpose="notice",
        buttons=said.buttons,
        response=f"utter_house_{key}",
    )
    await write(conn, talk.connectors, Chapter(address=address, said=[draft], turn_id=asked.turn_id))
