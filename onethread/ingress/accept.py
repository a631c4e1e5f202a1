"""Step 1: verify, read, mask, insert, commit. What a webhook waits for, and no more."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from connectors.contract import (
    AccountNotice,
    Connector,
    Consent,
    InboundEvent,
    InboundKind,
    InboundMessage,
    PayloadInvalid,
    Receipt,
    WebhookRequest,
)
from onethread.crashpoints import crash_at
from onethread.ingress.age import is_stale
from onethread.ingress.bodies import BodyVault
from onethread.ingress.masking import mask_cards
from onethread.ingress.plain import plain_key, plain_text, plain_value
from onethread.ingress.words import consent_word, language_of_stop
from onethread.media import inbound
from onethread.storage import arrivals, consent, receipts

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of one request; everything counted here is committed."""

    accepted: int = 0
    duplicates: int = 0
    receipts: int = 0
    dead: int = 0


async def accept(engine: AsyncEngine, vault: BodyVault, door: Connector, request: WebhookRequest) -> Accepted:
    """Take one webhook. Answer 2xx when this returns, 403 on `SignatureInvalid`, 503 on a database error."""
    door.verify(request)
    return await take(engine, vault, door, request)


async def take(engine: AsyncEngine, vault: BodyVault, door: Connector, request: WebhookRequest) -> Accepted:
    """Take what surely comes from the platform: its signature was verified, or we fetched it ourselves."""
    try:
        events = door.parse(request)
    except PayloadInvalid as error:
        return await _keep_dead(engine, vault, door, request.body, error)
    return await accept_events(
        engine,
        vault,
        door.key,
        door.account,
        events,
        raw=request.body,
        stops=door.capabilities.opt_out_words,
    )


async def accept_events(
    engine: AsyncEngine,
    vault: BodyVault,
    connector: str,
    account: str,
    events: Sequence[InboundEvent],
    *,
    raw: bytes,
    stops: bool = True,
) -> Accepted:
    """Keep what a verified request said; returns after the commit. `stops`: a lone STOP opts out."""
    now = datetime.now(UTC)
    rows = [
        _noticed(event) if isinstance(event, AccountNotice) else _kept(event, stops=stops, now=now)
        for event in events
        if not isinstance(event, Receipt)
    ]
    heard = [_heard(event) for event in events if isinstance(event, Receipt)]
    new: frozenset[str] = frozenset()
    await vault.ready(engine)
    if rows and (heard or any(_has_more(row) for row in rows)):
        async with engine.begin() as conn:
            new = await arrivals.keep(conn, connector, account, rows, vault.seal(raw))
            await _follow(conn, connector, account, [row for row in rows if row.provider_message_id in new])
            if heard:
                await receipts.park_receipts(conn, connector, heard)
            crash_at("ingress.before_commit")
    else:
        # One statement, which is its own transaction: nothing of it is there before it is all there.
        crash_at("ingress.before_commit")
        if rows:
            new = await arrivals.keep(engine, connector, account, rows, vault.seal(raw))
        elif heard:
            await receipts.park_receipts(engine, connector, heard)
    crash_at("ingress.after_commit")
    dead = [row for row in rows if row.error is not None and row.provider_message_id in new]
    if dead:
        log.warning("ingress.element.unreadable", connector=connector, account=account, new=len(dead))
    return Accepted(
        accepted=len(new) - len(dead),
        duplicates=len(rows) - len(new),
        receipts=len(heard),
        dead=len(dead),
    )


def _has_more(row: arrivals.NewInbound) -> bool:
    """Whether more than the row itself is to be written, if it is new."""
    return row.consent == Consent.STOP or "media" in row.content


async def _follow(
    conn: AsyncConnection, connector: str, account: str, new: Sequence[arrivals.NewInbound]
) -> None:
    """What new messages bring with them: files, and the wish to be left alone."""
    if brought := [row.provider_message_id for row in new if "media" in row.content]:
        await inbound.take_in(conn, connector, account, brought)
    for row in new:
        if row.consent == Consent.STOP:
            await consent.silence(conn, connector, account, row.address_key)


def _heard(event: Receipt) -> Receipt:
    """A receipt whose ids can be stored."""
    return replace(
        event,
        provider_message_id=event.provider_message_id and plain_key(event.provider_message_id),
        oid=event.oid and plain_key(event.oid),
        error=event.error and plain_key(event.error),
    )


def _noticed(event: AccountNotice) -> arrivals.NewInbound:
    """What may be stored of something that is nobody's message."""
    return arrivals.NewInbound(
        provider_message_id=plain_key(event.notice_id),
        address_key="",
        kind="notice",
        text=mask_cards(plain_text(event.text)).text,
        content={"subject": plain_text(event.subject), "detail": _masked(plain_value(event.detail))},
        provider_time=event.at,
        error=None if event.error is None else plain_text(f"unreadable: {event.error}")[:200],
        answerable=False,
    )


def _masked(value: object) -> object:
    """A storable JSON value without card numbers in its texts."""
    if isinstance(value, str):
        return mask_cards(value).text
    if isinstance(value, dict):
        return {name: _masked(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_masked(item) for item in value]
    return value


def _kept(event: InboundMessage, *, stops: bool, now: datetime) -> arrivals.NewInbound:
    """What may be stored of a message: masked and storable.

    One that is too old to be news stands in the thread and is not answered; it may stop, but not resume.
    """
    stale = is_stale(event.provider_time, now)
    text = mask_cards(plain_text(event.text))
    captions = [mask_cards(plain_text(item.caption)) for item in event.media]
    content: dict[str, object] = {
        "profile": {
            "display_name": mask_cards(plain_text(event.profile.display_name)).text,
            "phone": plain_value(event.profile.phone),
            "language": plain_value(event.profile.language),
            "user_id": plain_value(event.profile.user_id),
        }
    }
    if event.moved_to is not None:
        content["moved_to"] = {
            "key": plain_key(event.moved_to.key),
            "phone": plain_value(event.moved_to.phone),
        }
    if event.media:
        content["media"] = [
            {
                "id": inbound.new_id(item),
                "ref": plain_text(item.ref),
                "content_type": plain_text(item.content_type),
                "file_name": plain_text(item.file_name),
                "caption": caption.text,
            }
            for item, caption in zip(event.media, captions, strict=True)
        ]
    if event.detail:
        content["detail"] = _masked(plain_value(event.detail))
    if event.marketing and not (stale and event.marketing == Consent.START):
        content["marketing"] = event.marketing.value
    if event.silent or stale:
        content["silent"] = True
    if event.reply_to:
        content["reply_to"] = plain_text(event.reply_to)
    if text.found or any(caption.found for caption in captions):
        content["masked"] = True
    said = event.consent or (consent_word(text.text) if stops and event.kind == InboundKind.TEXT else None)
    if stale and said != Consent.STOP:
        said = None
    if event.consent is None and said == Consent.STOP and (language := language_of_stop(text.text)):
        content["stop_word"] = language  # one of ours: no carrier answers it
    return arrivals.NewInbound(
        provider_message_id=plain_key(event.provider_message_id),
        address_key=plain_key(event.address.key),
        kind=event.kind.value,
        text=text.text or " ".join(caption.text for caption in captions if caption.text),
        tap=None if event.tap is None else plain_text(event.tap),
        content=content,
        consent=None if said is None else said.value,
        provider_time=event.provider_time,
    )


async def _keep_dead(
    engine: AsyncEngine, vault: BodyVault, door: Connector, raw: bytes, error: PayloadInvalid
) -> Accepted:
    """Signed, but unreadable: kept for people, once, and never redelivered."""
    row = arrivals.NewInbound(
        provider_message_id=f"unreadable:{hashlib.sha256(raw).hexdigest()}",
        address_key="",
        kind=InboundKind.UNSUPPORTED.value,
        error=plain_text(f"payload invalid: {error}")[:200],
    )
    await vault.ready(engine)
    new = await arrivals.keep(engine, door.key, door.account, [row], vault.seal(raw))
    log.warning("ingress.payload.unreadable", connector=door.key, account=door.account, new=len(new))
    return Accepted(dead=len(new), duplicates=1 - len(new))
