"""Step 3, beside the assistant: what customers show to be known as one person, taken before Rasa is asked.

Links opened, codes typed, their own number shared. Nothing is linked because of something merely typed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from connectors.contract import InboundKind
from onethread.conversations.continued import words_of
from onethread.conversations.say import Connectors
from onethread.conversations.taps import Choice
from onethread.conversations.texts import HouseTexts
from onethread.dialogue.compose import Draft
from onethread.identity import deep_links
from onethread.identity.codes import AN_HOUR, LIVES_S, TRIES, Codes, code_in, number_in
from onethread.identity.linking import ask_link
from onethread.identity.phones import variants
from onethread.identity.tokens import LinkToken
from onethread.jobs.deferring import defer
from onethread.storage import codes as kept
from onethread.storage import continuations
from onethread.storage.addresses import KnownAddress
from onethread.storage.inbox import Pending

WANT_CODE = "house_code"
"""Intent of the button that asks for a code; the house takes it before the assistant is asked."""
SEND_CODE = "identity.send_code"
_HOUR_S = 3_600
_SESSIONS = "webchat"
"""The connector whose sessions mint links with the session's own key."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What is said to what a customer showed, around the assistant's answer to the rest."""

    before: Sequence[Draft] = ()
    after: Sequence[Draft] = ()
    rest: Sequence[Pending] = ()


@dataclass(frozen=True, slots=True)
class Witness:
    """Takes evidence at one address in one turn."""

    conn: AsyncConnection
    texts: HouseTexts
    connectors: Connectors
    codes: Codes
    address: KnownAddress
    language: str

    async def take(
        self, rows: Sequence[Pending], choice: Choice | None, tokens: Sequence[LinkToken]
    ) -> Shown | None:
        """What was shown, if anything; an ordinary message costs no statement."""
        head = rows[0]
        if choice is not None:
            return await self._tapped(choice)
        if tokens:
            return await self._opened(tokens[0], words_of(rows))
        if head.kind == InboundKind.CONTACT:
            return await self._shared(head)
        return await self._typed(rows)

    # -- links ---------------------------------------------------------------------------------

    async def _opened(self, token: LinkToken, words: Sequence[Pending]) -> Shown | None:
        """A link of ours was opened here: ask whether to go on with the talk it came from."""
        address_id, key = deep_links.address_named(token)
        begun = await continuations.find_beginning(self.conn, address_id, (_SESSIONS, key))
        if begun is None or begun.customer_id == self.address.customer_id:
            return None  # nothing to go on with, or it is one thread already
        if not await continuations.redeem(self.conn, token.nonce, begun.address_id, self.address.id):
            return Shown(before=[self._say("continue_over")], rest=words)
        channel = self.texts.say(f"channel_{begun.channel}", self.language).text
        question = self._say("continue_ask", tail=f'{{"link": "{token.nonce.hex()}"}}', channel=channel)
        return Shown(after=[question], rest=words)

    async def _tapped(self, choice: Choice) -> Shown | None:
        meant = (choice.parse_data or {}).get("intent", {}).get("name")
        if meant == WANT_CODE:
            await kept.want(self.conn, self.address.id)
            return self._answer("code_number_ask")
        if meant not in (deep_links.YES, deep_links.NO):
            return None
        nonce = _entity(choice, "link")
        agreed = meant == deep_links.YES
        begun = await continuations.answer_once(
            self.conn, nonce, self.address.id, "yes" if agreed else "no", open_s=deep_links.OPEN_S
        )
        if begun is None:
            return self._answer("continue_over")
        if not agreed:
            return self._answer("continue_dropped")
        await ask_link(self.conn, self.address.id, begun, trust="proved", evidence="deep_link")
        return self._answer("continue_done")

    # -- a number of one's own -----------------------------------------------------------------

    async def _shared(self, row: Pending) -> Shown:
        """A contact card. Only what the platform says is the sender's own number is evidence."""
        own = (row.content.get("detail") or {}).get("own") is True
        if not own or self.address.phone is None:
            return self._answer("contact_foreign")
        return self._answer("contact_own")

    # -- one-time codes ------------------------------------------------------------------------

    async def _typed(self, rows: Sequence[Pending]) -> Shown | None:
        code_row, code = _first(rows, code_in)
        if code_row is not None and code is not None:
            tried = await self._try_code(code)
            rest = [row for row in rows if row is not code_row]
            return None if tried is None else Shown(before=[tried], rest=rest)
        number_row, number = _first(rows, number_in)
        if number_row is None or number is None:
            return None
        if not await kept.is_wanted(self.conn, self.address.id, within_s=_HOUR_S):
            return None
        asked = await self._ask_code(number)
        return Shown(before=[asked], rest=[row for row in rows if row is not number_row])

    async def _ask_code(self, number: str) -> Draft:
        """The same words whether or not anybody writes to us from this number."""
        spellings = variants(number)
        digest = self.codes.of_number(spellings[0])
        mine, for_number = await kept.count_asked(self.conn, self.address.id, digest, within_s=_HOUR_S)
        if max(mine, for_number) >= AN_HOUR:
            return self._say("code_too_many")
        target = self._reachable(await kept.find_targets(self.conn, spellings))
        to = None if target is None else target.address_id
        code_id = await kept.ask(self.conn, self.address.id, digest, to)
        await defer(self.conn, SEND_CODE, [{"code_id": str(code_id)}])
        return self._say("code_asked")

    def _reachable(self, targets: Sequence[kept.Target]) -> kept.Target | None:
        """The first that a text can be sent to now: its door is open here, and so is its window."""
        now = datetime.now(UTC)
        for target in targets:
            door = self.connectors.get((target.connector, target.account))
            window_s = door.capabilities.window_s if door else 0.0
            age_s = (now - target.heard_at).total_seconds()
            if window_s is None or age_s < window_s:
                return target
        return None

    async def _try_code(self, typed: str) -> Draft | None:
        """None: no code was asked for here lately, so these are six digits of something else."""
        asked = await kept.latest(self.conn, self.address.id, within_s=_HOUR_S)
        if asked is None or asked.status == "right":
            return None
        fits = self.codes.fits(asked.code_digest, asked.id, typed)
        if asked.status == "over" or asked.age_s > LIVES_S:
            return self._say("code_over")
        if not fits or asked.target_id is None:
            last = asked.tries + 1 >= TRIES
            await kept.note_try(self.conn, asked.id, status="over" if last else "asked")
            return self._say("code_over" if last else "code_wrong")
        await kept.note_try(self.conn, asked.id, status="right")
        await ask_link(self.conn, self.address.id, asked.target_id, trust="proved", evidence="code")
        return self._say("code_right")

    # -- words ---------------------------------------------------------------------------------

    def _answer(self, key: str) -> Shown:
        return Shown(before=[self._say(key)])

    def _say(self, key: str, *, tail: str = "", **values: str) -> Draft:
        """The house's sentence; `tail` goes behind the payload of each button of its own question."""
        said = self.texts.say(key, self.language, **values)
        return Draft(
            text=said.text,
            author="house",
            purpose="reply",
            buttons=tuple({**button, "payload": button["payload"] + tail} for button in said.buttons),
            response=f"utter_house_{key}",
        )


def _first(
    rows: Sequence[Pending], read: Callable[[str], str | None]
) -> tuple[Pending, str] | tuple[None, None]:
    for row in rows:
        if row.kind == InboundKind.TEXT and (found := read(row.text)) is not None:
            return row, found
    return None, None


def _entity(choice: Choice, name: str) -> bytes:
    entities = (choice.parse_data or {}).get("entities", ())
    value = next((entity["value"] for entity in entities if entity["entity"] == name), "")
    try:
        return bytes.fromhex(str(value))
    except ValueError:
        return b""
