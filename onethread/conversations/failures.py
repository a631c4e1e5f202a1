"""What becomes of messages whose turn was late or failed: retries, one apology each, at last a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.conversations.languages import likely_language
from onethread.conversations.say import Chapter, write
from onethread.conversations.turn import Talk
from onethread.dialogue.compose import Draft, disclosed
from onethread.storage.addresses import mark_disclosed, read_address
from onethread.storage.conversations import hold_owner, set_owner
from onethread.storage.inbox import Pending, mark_apologised, mark_dead, postpone

log = structlog.get_logger()

MOST_ATTEMPTS = 5
"""Attempts that ended without a word (the process died); then the row is taken for the cause."""
GIVE_UP_AFTER = timedelta(minutes=10)
_FIRST_DELAY_S = 1.0
LONGEST_S = 30.0
SHORT_S = 5.0
"""Longest wait where nothing was asked of Rasa: a try costs little and takes nobody's place."""


def next_delay(failing_for_s: float, longest_s: float = LONGEST_S) -> float:
    """Seconds to the next try: as long again as it has been failing, at most `longest_s`."""
    return min(max(failing_for_s, _FIRST_DELAY_S), longest_s)


async def after_failure(
    conn: AsyncConnection,
    talk: Talk,
    rows: Sequence[Pending],
    reason: str,
    *,
    counts: bool,
    longest_s: float = LONGEST_S,
) -> None:
    """Plan the next try of rows whose turn failed, in a transaction that holds their lane.

    `counts`: the attempt stays counted, for the row itself may be the cause. `longest_s`: the most seconds to
    wait. Whoever would wait longer than the turn's deadline for the next try is told that it takes longer.
    After ten minutes a person is asked.
    """
    now = datetime.now(UTC)
    head = rows[0]
    failing_for = now - (head.failed_since or now)
    if failing_for >= GIVE_UP_AFTER:
        await give_up(conn, talk, rows, reason)
        return
    delay_s = next_delay(failing_for.total_seconds(), longest_s)
    ids = [row.id for row in rows]
    await postpone(conn, ids, delay_s=delay_s, error=reason, give_back=not counts)
    waited = (now - head.received_at).total_seconds()
    log.warning("lane.turn.failed", inbox_id=head.id, reason=reason, retry_in_s=round(delay_s, 1))
    # The tolerance: a turn that used up its deadline has waited for it, whatever the clocks say.
    if waited + delay_s >= talk.deadline_s * 0.95:
        await _apologise(conn, talk, rows, ("apology",))


async def give_up(conn: AsyncConnection, talk: Talk, rows: Sequence[Pending], reason: str) -> None:
    """Bury rows that could not be answered, say so, and ask for a person. An operator can replay them."""
    log.error("lane.row.dead", inbox_ids=[row.id for row in rows], reason=reason)
    apologised = all(row.apologised for row in rows)
    keys = ("handed_to_person",) if apologised else ("apology", "handed_to_person")
    await _apologise(conn, talk, rows, keys, person="unanswered")
    await mark_dead(conn, [row.id for row in rows], reason)


async def _apologise(
    conn: AsyncConnection,
    talk: Talk,
    rows: Sequence[Pending],
    keys: Sequence[str],
    *,
    person: str | None = None,
) -> None:
    """Put the messages into the thread and say something, once a row, where the bot may speak."""
    address = await read_address(conn, rows[0].address_id)
    if address is None:
        raise LookupError("an inbox row without its address")
    new = set(await mark_apologised(conn, [row.id for row in rows]))
    if not new and person is None:
        return
    fence = await hold_owner(conn, address.customer_id, address.id)
    drafts: list[Draft] = []
    if fence.owner == "bot" and not fence.opted_out:
        likely = likely_language([row.text for row in rows if row.kind == "text"])
        language = address.language or likely or talk.default_language
        drafts = [_draft(talk, keys, language)]
        if address.disclosed_at is None:
            sentence = talk.texts.say("disclosure", language)
            drafts = disclosed(drafts, sentence.text)
            await mark_disclosed(conn, address.id, datetime.now(UTC))
    if person is not None:
        await set_owner(conn, address.customer_id, "queue", reason=person, expected=("bot",))
    heard = [row for row in rows if row.id in new and not row.apologised]
    await write(conn, talk.connectors, Chapter(address=address, heard=heard, said=drafts))


def _draft(talk: Talk, keys: Sequence[str], language: str) -> Draft:
    said = [talk.texts.say(key, language) for key in keys]
    draft = Draft(
        text=" ".join(sentence.text for sentence in said),
        author="house",
        purpose="apology",
        response=f"utter_house_{keys[0]}",
    )
    # The offer of a person has no sense once a person is asked for.
    return replace(draft, buttons=said[0].buttons) if len(keys) == 1 else draft
