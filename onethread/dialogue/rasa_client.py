"""Asks Rasa's room for one turn over loopback; every way this can end has its own type."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import orjson

from onethread.dialogue.directives import Directive, DirectiveInvalid, read_directives
from onethread.storage.turns import PLACES

SECRET_HEADER = "X-Onethread-Secret"  # noqa: S105
_CONNECT_S = 1.0


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


class RasaClient:
    """Spreads turns over Rasa's processes; one customer mostly meets the same one, whose cache is warm."""

    def __init__(self, urls: Sequence[str], secret: str, *, connections: int = 64) -> None:
        self._urls = tuple(url.rstrip("/") for url in urls)
        self._http = httpx.AsyncClient(
            headers={SECRET_HEADER: secret, "Content-Type": "application/json"},
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
            timeout=httpx.Timeout(None, connect=_CONNECT_S),
            trust_env=False,
        )

    async def turn(self, customer_id: UUID, request: Mapping[str, Any], *, deadline_s: float) -> TurnAnswer:
        """Ask for a turn; raises a `TurnFailure` after at most `deadline_s` seconds."""
        try:
            async with asyncio.timeout(deadline_s):
                return await self._ask(customer_id, request)
        except TimeoutError:
            raise TurnLate("no answer in time") from None

    async def _ask(self, customer_id: UUID, request: Mapping[str, Any]) -> TurnAnswer:
        body = orjson.dumps(request)
        for url in self._order(customer_id):
            try:
                response = await self._http.post(f"{url}/turn", content=body)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue  # nothing reached it: another process may
            except httpx.TransportError as error:
                raise TurnFailed(f"connection lost: {type(error).__name__}") from None
            if response.status_code == httpx.codes.SERVICE_UNAVAILABLE:
                continue
            return _read(response, request)
        raise RasaUnavailable("no process of Rasa's room is ready")

    async def close(self) -> None:
        """Release connections."""
        await self._http.aclose()

    def _order(self, customer_id: UUID) -> tuple[str, ...]:
        if not self._urls:
            return ()
        first = zlib.crc32(customer_id.bytes) % len(self._urls)
        return self._urls[first:] + self._urls[:first]


def _read(response: httpx.Response, request: Mapping[str, Any]) -> TurnAnswer:
    if response.status_code != httpx.codes.OK:
        raise TurnFailed(_reason(response))
    try:
        answer = orjson.loads(response.content)
        number = answer["version"]
        if answer["turn_id"] != request["turn_id"] or number != request["window"]["version"] + 1:
            raise AnswerInvalid("the answer belongs to another turn")
        if len(answer["events"]) >= PLACES:
            raise AnswerInvalid("too many events in one turn")
        return TurnAnswer(
            number=number,
            model=str(answer["model"]),
            events=answer["events"],
            replies=tuple(_reply(reply) for reply in answer["replies"]),
            directives=tuple(read_directives(answer["directives"])),
            state=answer["state"],
            facts=answer["facts"],
            parse=answer.get("parse") or {},
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


def _reason(response: httpx.Response) -> str:
    try:
        told = orjson.loads(response.content)
        return f"{response.status_code} at {told.get('stage', '?')}, error {told.get('error_id', '?')}"[:200]
    except (ValueError, AttributeError):
        return f"status {response.status_code}"
