"""Carries out STOP and START, whoever owns the conversation; confirms once unless the carrier does."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from connectors.contract import Capabilities, Consent
from onethread.conversations.texts import HouseTexts
from onethread.dialogue.compose import Draft
from onethread.ids import InboxId
from onethread.ingress.words import asks_to_stop, resumes
from onethread.storage.addresses import KnownAddress
from onethread.storage.consent import Source, record_start, record_stop
from onethread.storage.inbox import Pending


def asked(row: Pending, *, opted_out: bool) -> Consent | None:
    """What a message means for consent, whoever owns the conversation; YES resumes only after a STOP."""
    if row.consent is not None:
        return Consent(row.consent)
    if row.kind != "text":
        return None
    if opted_out:
        return Consent.START if resumes(row.text) else None
    return Consent.STOP if asks_to_stop(row.text) else None


async def stop(
    conn: AsyncConnection,
    texts: HouseTexts,
    address: KnownAddress,
    *,
    source: Source,
    language: str,
    inbox_id: InboxId | None,
    confirmed_by_carrier: bool,
) -> list[Draft]:
    """Stop everything to this address; the confirmation to send, if one is due."""
    fresh = await record_stop(conn, address.id, source=source, inbox_id=inbox_id)
    if not fresh or confirmed_by_carrier:
        return []
    return [_confirmation(texts, "opted_out", language)]


async def start(
    conn: AsyncConnection,
    texts: HouseTexts,
    address: KnownAddress,
    *,
    source: Source,
    language: str,
    inbox_id: InboxId | None,
    confirmed_by_carrier: bool,
) -> list[Draft]:
    """Allow sends to this address again; the confirmation to send, if one is due."""
    fresh = await record_start(conn, address.id, source=source, inbox_id=inbox_id)
    if not fresh or confirmed_by_carrier:
        return []
    return [_confirmation(texts, "opted_in", language)]


def left_to_carrier(consent: Consent, capabilities: Capabilities, *, opted_out: bool) -> bool:
    """Whether this word is answered by the carrier, so that the house must not answer it too."""
    return capabilities.carrier_answers_stop and (consent != Consent.START or not opted_out)


def _confirmation(texts: HouseTexts, key: str, language: str) -> Draft:
    said = texts.say(key, language)
    return Draft(
        text=said.text,
        author="house",
        purpose="consent",
        buttons=said.buttons,
        response=f"utter_house_{key}",
    )
