"""Step 3: what becomes of a burst of messages once its lane is held, up to the last statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from connectors.contract import Address, Capabilities, Connector, Consent, InboundKind
from onethread.conversations import consent, outcome
from onethread.conversations.brakes import braked
from onethread.conversations.bursts import joined
from onethread.conversations.continued import take_tokens, words_of
from onethread.conversations.evidence import Witness
from onethread.conversations.heard import SILENT_KINDS
from onethread.conversations.languages import asked_language, likely_language, only_asks_language
from onethread.conversations.say import Chapter, Connectors, write
from onethread.conversations.signs import Signs
from onethread.conversations.taps import Choice
from onethread.conversations.texts import HouseTexts
from onethread.crashpoints import crash_at
from onethread.dialogue.compose import Draft, disclosed, drafts_of, merged
from onethread.dialogue.directives import ConsentStop
from onethread.dialogue.exchange import Exchange, Message, exchange
from onethread.dialogue.rasa_client import RasaClient
from onethread.fanout import Fanout
from onethread.identity.codes import Codes
from onethread.identity.resolve import PhoneLinks, refresh
from onethread.identity.tokens import LinkToken, LinkTokens
from onethread.ids import TurnId
from onethread.storage.addresses import KnownAddress, mark_disclosed, set_language
from onethread.storage.consent import record_marketing
from onethread.storage.conversations import Ownership, hold_owner, reopen, set_owner
from onethread.storage.inbox import Pending
from onethread.storage.scenes import Scene
from onethread.storage.threads import Recent, was_said

_STILL_KNOWN = timedelta(minutes=10)
"""Who was told shortly before a session started (by an apology) is not told again."""
_ONE_BURST = timedelta(minutes=1)
"""Files and places that come so soon after one another are answered together."""
_READ_KINDS = frozenset({InboundKind.TEXT, InboundKind.TAP, InboundKind.MEDIA})
"""What Rasa reads; the text of any other kind is a summary for people."""


@dataclass(frozen=True, slots=True)
class Talk:
    """What a turn is made with."""

    connectors: Connectors
    texts: HouseTexts
    rasa: RasaClient
    fanout: Fanout
    default_language: str
    session_idle: timedelta
    deadline_s: float
    tokens: LinkTokens
    codes: Codes
    signs: Signs = field(default_factory=Signs)
    phone_links: PhoneLinks = "link"


@dataclass(frozen=True, slots=True)
class Burst:
    """The messages of one turn, all of one address; `choice`: the one message is a tap, or stands for one."""

    rows: Sequence[Pending]
    choice: Choice | None = None
    tokens: Sequence[LinkToken] = ()
    """Of links from other channels that they brought."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What is to be said, what Rasa made of it, and why a person is needed, if so."""

    drafts: Sequence[Draft] = ()
    exchange: Exchange | None = None
    person: str | None = None


@dataclass(frozen=True, slots=True)
class _Scene:
    turn_id: TurnId
    address: KnownAddress
    capabilities: Capabilities
    owner: Ownership
    recent: Recent
    language: str
    now: datetime


async def take_turn(conn: AsyncConnection, talk: Talk, found: Scene, burst: Burst) -> bool:
    """Answer a burst in the lane's transaction; the caller commits. True: the desk's list changed."""
    head = burst.rows[0]
    scene = await _look(conn, talk, found, head)
    rows, tokens = take_tokens(burst.rows, talk.tokens, scene.now.timestamp())
    burst = replace(burst, rows=rows, tokens=tokens)
    if head.kind == InboundKind.TAP:
        door, to = _door(talk, scene)
        talk.signs.tapped(door, to, head.content.get("detail") or {})
    scene = await _heed_language(conn, scene, burst)
    said = await _answer(conn, talk, scene, burst)
    scene = await _follow_language(conn, scene, said)
    crash_at("lane.after_turn_before_commit")
    fence = await hold_owner(conn, scene.address.customer_id, scene.address.id)
    if fence.owner != scene.owner.owner:
        said = _Said(_confirmations(said.drafts))  # taken over in mid-turn: the bot's words are not said
    elif fence.opted_out:
        said = replace(said, drafts=_confirmations(said.drafts))
    said = await _settle(conn, talk, scene, said, head)
    if fence.status != "open" and any(row.kind not in SILENT_KINDS for row in burst.rows):
        await reopen(conn, scene.address.customer_id)
    handed = said.person is not None and await set_owner(
        conn, scene.address.customer_id, "queue", reason=said.person, expected=("bot",)
    )
    chapter = Chapter(
        address=scene.address,
        heard=[row for row in burst.rows if not row.apologised],
        said=said.drafts,
        turn_id=scene.turn_id,
        turn=None if said.exchange is None else outcome.turn_of(said.exchange),
        answered=[row.id for row in burst.rows],
        marks={"chosen": burst.choice.title} if burst.choice else {},
    )
    await write(conn, talk.connectors, chapter)
    return handed or fence.owner != "bot" or fence.status != "open"


async def _look(conn: AsyncConnection, talk: Talk, found: Scene, head: Pending) -> _Scene:
    address = await refresh(conn, found.address, head.content, phone_links=talk.phone_links)
    return _Scene(
        turn_id=TurnId(uuid4()),
        address=address,
        capabilities=talk.connectors[address.connector, address.account].capabilities,
        owner=found.owner,
        recent=found.recent,
        language=address.language or talk.default_language,
        now=datetime.now(UTC),
    )


async def _heed_language(conn: AsyncConnection, scene: _Scene, burst: Burst) -> _Scene:
    """Who asks for a language in words is written to in it, from this message on.

    Of whom nothing is known, the letters tell what the house itself says in this turn.
    """
    known, texts = scene.address, _typed(burst)
    asked = asked_language(texts)
    if asked is not None and (asked != known.language or not known.language_asked):
        await set_language(conn, known.customer_id, asked, asked=True)
        return replace(scene, address=replace(known, language=asked, language_asked=True), language=asked)
    if known.language is None and (likely := likely_language(texts)) is not None:
        return replace(scene, language=likely)
    return scene


async def _follow_language(conn: AsyncConnection, scene: _Scene, said: _Said) -> _Scene:
    """Who plainly writes a language is written to in it; the assistant answered in it already."""
    follows = None if said.exchange is None else said.exchange.answer.follows
    if follows is None:
        return scene
    await set_language(conn, scene.address.customer_id, follows, asked=False)
    return replace(scene, language=follows)


def _typed(burst: Burst) -> list[str]:
    """The words of the burst; a tapped button has none."""
    return [row.text for row in words_of(burst.rows) if row.kind == "text" and burst.choice is None]


async def _answer(conn: AsyncConnection, talk: Talk, scene: _Scene, burst: Burst) -> _Said:
    """Decide who answers, and with what; the first rule that fits."""
    head = burst.rows[0]
    opted_out = scene.address.opted_out_at is not None
    if said := head.content.get("marketing"):
        await record_marketing(conn, scene.address.id, Consent(said), inbox_id=head.id)
    asked = consent.asked(head, opted_out=opted_out)
    if asked == Consent.STOP or (asked == Consent.START and opted_out):
        return await _consent(conn, talk, scene, head, asked)
    if opted_out or (
        asked is not None and consent.left_to_carrier(asked, scene.capabilities, opted_out=opted_out)
    ):
        return _Said()
    if scene.owner.owner != "bot" or head.kind in SILENT_KINDS or head.content.get("silent"):
        return _Said()  # it stands in the thread; people see it there
    texts = [row.text for row in burst.rows if row.kind == "text" and burst.choice is None]
    if (brake := braked(scene.recent, texts)) is not None:
        return _Said(person=brake)
    return await _reply(conn, talk, scene, burst)


async def _reply(conn: AsyncConnection, talk: Talk, scene: _Scene, burst: Burst) -> _Said:
    """The bot's turn: what shows who this is, and what has no words, the house takes itself."""
    witness = Witness(conn, talk.texts, talk.connectors, talk.codes, scene.address, scene.language)
    shown = await witness.take(burst.rows, burst.choice, burst.tokens)
    if shown is not None:
        rest = replace(burst, rows=shown.rest, choice=None)
        said = await _ask_rasa(conn, talk, scene, rest) if shown.rest else _Said()
        return replace(said, drafts=[*shown.before, *said.drafts, *shown.after])
    if (told := _unasked(burst)) is not None:
        return await _tell(conn, talk, scene, told)
    return await _ask_rasa(conn, talk, scene, burst)


def _unasked(burst: Burst) -> str | None:
    """The house's own answer to what has no words for Rasa."""
    head = burst.rows[0]
    if burst.tokens and not words_of(burst.rows):
        return "continued"
    if head.kind == InboundKind.TAP and burst.choice is None:
        return "tap_over"  # its message is gone, or never was this customer's
    if only_asks_language(_typed(burst)):
        return "language_chosen"
    if burst.choice is None and (head.kind not in _READ_KINDS or not head.text.strip()):
        return "unsupported_media"
    return None


async def _tell(conn: AsyncConnection, talk: Talk, scene: _Scene, key: str) -> _Said:
    """The house's own answer; the fifth picture of five needs no fifth one."""
    draft = _house(talk, key, scene.language)
    since = scene.now - _ONE_BURST
    said = key == "unsupported_media" and await was_said(conn, scene.address.id, f"utter_house_{key}", since)
    return _Said() if said else _Said(drafts=[draft])


def _door(talk: Talk, scene: _Scene) -> tuple[Connector, Address]:
    known = scene.address
    door = talk.connectors[known.connector, known.account]
    return door, Address(known.connector, known.account, known.key)


async def _consent(conn: AsyncConnection, talk: Talk, scene: _Scene, head: Pending, asked: Consent) -> _Said:
    carry = consent.stop if asked == Consent.STOP else consent.start
    # The carrier answers its own words, not sentences and not the words of other languages.
    its_word = asked == Consent.START or (head.consent is not None and "stop_word" not in head.content)
    carrier = scene.capabilities.carrier_answers_stop and its_word
    platform = bool(head.content.get("silent"))
    drafts = await carry(
        conn,
        talk.texts,
        scene.address,
        source="platform" if platform else "carrier" if carrier else "word",
        language=scene.language,
        inbox_id=head.id,
        confirmed_by_carrier=carrier or platform,
    )
    return _Said(drafts=drafts)


async def _ask_rasa(conn: AsyncConnection, talk: Talk, scene: _Scene, burst: Burst) -> _Said:
    talk.fanout.typing(scene.address.customer_id)
    door, to = _door(talk, scene)
    talk.signs.typing(door, to, burst.rows[-1].provider_message_id)
    crash_at("lane.before_turn")
    message = Message(
        turn_id=scene.turn_id,
        id=str(burst.rows[0].id),
        text=burst.choice.title if burst.choice else joined(words_of(burst.rows)),
        parse_data=burst.choice.parse_data if burst.choice else None,
        language=scene.language,
        at=scene.now,
        app_language=(burst.rows[0].content.get("profile") or {}).get("language"),
    )
    done = await exchange(
        talk.rasa, conn, scene.address, message, idle=talk.session_idle, deadline_s=talk.deadline_s
    )
    drafts = drafts_of(done.answer.replies)
    if any(row.content.get("masked") for row in burst.rows):
        drafts.append(_house(talk, "card_masked", done.answer.follows or scene.language))
    return _Said(drafts=drafts, exchange=done)


async def _settle(conn: AsyncConnection, talk: Talk, scene: _Scene, said: _Said, head: Pending) -> _Said:
    """Carry out what the turn asked for, and say first of all that a machine answers."""
    drafts = list(said.drafts)
    session_started = scene.address.disclosed_at or scene.now
    person = said.person
    if said.exchange is not None:
        added, asked = await outcome.carry_out(
            conn,
            talk.texts,
            scene.address,
            scene.turn_id,
            said.exchange,
            language=scene.language,
            inbox_id=head.id,
        )
        drafts += added
        if any(isinstance(directive, ConsentStop) for directive in said.exchange.answer.directives):
            drafts = _confirmations(drafts)
        person = person or asked
        session_started = said.exchange.past.session_started_at
    if scene.capabilities.merge_bubbles:
        drafts = merged(drafts)
    told = scene.address.disclosed_at
    speaks = any(draft.purpose != "consent" for draft in drafts)
    due = told is None or told < session_started - _STILL_KNOWN
    if speaks and scene.owner.owner == "bot" and due:
        drafts = disclosed(drafts, talk.texts.say("disclosure", scene.language).text)
        await mark_disclosed(conn, scene.address.id, scene.now)
    return replace(said, drafts=drafts, person=person)


def _confirmations(drafts: Sequence[Draft]) -> list[Draft]:
    return [draft for draft in drafts if draft.purpose == "consent"]


def _house(talk: Talk, key: str, language: str) -> Draft:
    said = talk.texts.say(key, language)
    return Draft(
        text=said.text,
        author="house",
        purpose="reply",
        buttons=said.buttons,
        response=f"utter_house_{key}",
    )
