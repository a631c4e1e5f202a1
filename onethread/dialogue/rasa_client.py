"""Asks Rasa's room for one turn over loopback; every way this can end has its own type."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from onethread.dialogue.directives import Directive, DirectiveInvalid, read_directives
from onethread.dialogue.loopback import Answer, Broken, Loopback, NotReached

SECRET_HEADER = "X-Onethread-Secret"  # noqa: S105
_OK = 200
_UNAVAILABLE = 503
_MOST_EVENTS = 4_000


class TurnFailure(Exception):
    """The turn did not happen and left nothing behind. `reason` is safe to store and log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RasaUnavailable(TurnFailure):
    """No process took the request: not the message's fault."""


class TurnLate(TurnFailure):
    """No answer within the deadline."""


class TurnFailed(TurnFailure):
    """Rasa's room, or an action, failed while working on the message."""


class AnswerInvalid(TurnFailure):
    """An answer that does not follow the protocol."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One thing the bot said."""

    text: str
    buttons: tuple[Mapping[str, str], ...] = ()
    """title and payload, as the domain file says."""
    image: str | None = None
    response: str | None = None


@dataclass(frozen=True, slots=True)
class TurnAnswer:
    """What one turn came to."""

    number: int
    model: str
    events: Sequence[Mapping[str, Any]]
    replies: tuple[Reply, ...]
    directives: tuple[Directive, ...]
    state: Mapping[str, Any]
    facts: Mapping[str, Any]
    parse: Mapping[str, Any]
    follows: str | None = None
    """The language of the message, when it was plain enough to be answered in it."""


class RasaClient:
    """Spreads turns over Rasa's processes; one customer mostly meets the same one, whose cache is warm."""

    def __init__(self, urls: Sequence[str], secret: str) -> None:
        headers = {SECRET_HEADER: secret, "Content-Type": "application/json"}
        self._processes = tuple(Loopback(url, headers) for url in urls)

    async def turn(self, customer_id: UUID, request: Mapping[str, Any], *, deadline_s: float) -> TurnAnswer:
        """Ask for a turn; raises a `TurnFailure` after at most `deadline_s` seconds."""
        try:
            async with asyncio.timeout(deadline_s):
                return await self._ask(customer_id, request)
        except TimeoutError:
            raise TurnLate("no answer in time") from None

    async def _ask(self, customer_id: UUID, request: Mapping[str, Any]) -> TurnAnswer:
        body = orjson.dumps(request)
        for process in self._order(customer_id):
            try:
                answer = await process.post("/turn", body)
            except NotReached:
                continue  # nothing reached it: another process may
            except Broken as error:
                raise TurnFailed(f"connection lost: {error}") from None
            if answer.status == _UNAVAILABLE:
                continue
            return _read(answer, request)
        raise RasaUnavailable("no process of Rasa's room is ready")

    async def close(self) -> None:
        """Release connections."""
        for process in self._processes:
            await process.close()

    def _order(self, customer_id: UUID) -> tuple[Loopback, ...]:
        if not self._processes:
            return ()
        first = zlib.crc32(customer_id.bytes) % len(self._processes)
        return self._processes[first:] + self._processes[:first]


def _read(told: Answer, request: Mapping[str, Any]) -> TurnAnswer:
    if told.status != _OK:
        raise TurnFailed(_reason(told))
    try:
        answer = orjson.loads(told.body)
        number = answer["version"]
        if answer["turn_id"] != request["turn_id"] or number != request["window"]["version"] + 1:
            raise AnswerInvalid("the answer belongs to another turn")
        if len(answer["events"]) > _MOST_EVENTS or not all(isinstance(one, dict) for one in answer["events"]):
            raise AnswerInvalid("too many events in one turn, or what is none")
        return TurnAnswer(
            number=number,
            model=str(answer["model"]),
            events=answer["events"],
            replies=tuple(_reply(reply) for reply in answer["replies"]),
            directives=tuple(read_directives(answer["directives"])),
            state=answer["state"],
            facts=answer["facts"],
            parse=answer.get("parse") or {},
            follows=answer.get("follows"),
        )
    except (KeyError, TypeError, ValueError) as error:
        reason = (
            str(error)
            if isinstance(error, DirectiveInvalid)
            else f"answer not understood: {type(error).__name__} {error}"
        )
        raise AnswerInvalid(reason[:200]) from None


def _reply(raw: Mapping[str, Any]) -> Reply:
    return Reply(
        text=raw.get("text") or "",
        buttons=tuple(
            {"title": str(button["title"]), "payload": str(button.get("payload", ""))}
            for button in raw.get("buttons") or ()
        ),
        image=raw.get("image"),
        response=raw.get("response"),
    )


def _reason(answer: Answer) -> str:
    try:
        told = orjson.loads(answer.body)
        return f"{answer.status} at {told.get('stage', '?')}, error {told.get('error_id', '?')}"[:200]
    except (ValueError, AttributeError):
        return f"status {answer.status}"
