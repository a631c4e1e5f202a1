"""The two assistants as the generator talks to them: `POST /turn` with a window, and the REST channel."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

import orjson

from onethread.bench.load import Conversation, Said, TurnFailed
from onethread.bench.talks import Talk
from onethread.bench.wire import Answer, Wire, WireBroken
from onethread.dialogue.window import TurnFacts, choose_cut
from onethread.supervisor.ports import LOOPBACK

SECRET_HEADER = "X-Onethread-Secret"  # noqa: S105 - the name of the header, not a secret


@dataclass(frozen=True, slots=True)
class _Turn:
    """What the house keeps of one turn."""

    facts: TurnFacts
    events: list[dict[str, Any]]
    slots: dict[str, Any]
    last_action: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class OnethreadSide:
    """One Rasa process of ours; the generator keeps each customer's turns as the worker does in Postgres."""

    port: int
    secret: str
    max_history: int
    custom_actions: frozenset[str]
    name: str = "onethread"

    def open(self, talk: Talk, round_no: int) -> Conversation:
        """A customer with an empty history."""
        return _OnethreadConversation(self, talk, talk.customer_id(self.name, round_no))


class _OnethreadConversation:
    def __init__(self, side: OnethreadSide, talk: Talk, customer: UUID) -> None:
        self._side = side
        self._talk = talk
        self._customer = customer
        self._wire = Wire(LOOPBACK, side.port)
        self._headers = {SECRET_HEADER: side.secret}
        self._turns: list[_Turn] = []

    async def say(self, text: str) -> Said:
        body = orjson.dumps(self._request(text))
        began = time.perf_counter()
        answer = await _post(self._wire, "/turn", body, self._headers)
        seconds = time.perf_counter() - began
        if answer.status != 200:
            raise TurnFailed(f"POST /turn answered {answer.status}: {answer.body[:200]!r}")
        told = orjson.loads(answer.body)
        self._keep(told)
        ours = self._side.custom_actions
        done = tuple(e["name"] for e in told["events"] if e["event"] == "action" and e["name"] in ours)
        return Said(seconds, len(told["replies"]), done)

    async def finish(self) -> tuple[str, ...]:
        await self._wire.close()
        return ()

    def _request(self, text: str) -> dict[str, Any]:
        number = len(self._turns) + 1
        turn_id = str(uuid5(self._customer, str(number)))
        metadata = {"onethread": self._talk.facts}
        return {
            "customer_id": str(self._customer),
            "turn_id": turn_id,
            "channel": self._talk.facts["channel"],
            "now": time.time(),
            "session": "continue" if self._turns else "start",
            "window": self._window(),
            "message": {"text": text, "message_id": turn_id, "metadata": metadata, "parse_data": None},
        }

    def _window(self) -> dict[str, Any]:
        if not self._turns:
            return {"version": 0, "slots": {}, "last_action": None, "turns": []}
        after = choose_cut([turn.facts for turn in self._turns], self._side.max_history).after
        before = self._turns[after - 1] if after else None
        return {
            "version": len(self._turns),
            "slots": before.slots if before else {},
            "last_action": before.last_action if before else None,
            "turns": [turn.events for turn in self._turns[after:]],
        }

    def _keep(self, told: Mapping[str, Any]) -> None:
        facts = told["facts"]
        self._turns.append(
            _Turn(
                TurnFacts(
                    version=told["version"],
                    actions=facts["actions"],
                    listening=facts["listening"],
                    loop=facts["loop"],
                    session_started=facts["session_started"],
                    rewinds=facts["rewinds"],
                ),
                told["events"],
                told["state"]["slots"],
                told["state"]["last_action"],
            )
        )


@dataclass(frozen=True, slots=True)
class StockSide:
    """One `rasa run` with its REST channel and in-memory tracker store."""

    port: int
    custom_actions: frozenset[str]
    name: str = "stock"

    def open(self, talk: Talk, round_no: int) -> Conversation:
        """A sender Rasa has not heard of."""
        return _StockConversation(self, talk, str(talk.customer_id(self.name, round_no)))


class _StockConversation:
    def __init__(self, side: StockSide, talk: Talk, sender: str) -> None:
        self._side = side
        self._sender = sender
        self._metadata = {"onethread": talk.facts}
        self._wire = Wire(LOOPBACK, side.port)

    async def say(self, text: str) -> Said:
        body = orjson.dumps({"sender": self._sender, "message": text, "metadata": self._metadata})
        began = time.perf_counter()
        answer = await _post(self._wire, "/webhooks/rest/webhook", body, {})
        seconds = time.perf_counter() - began
        if answer.status != 200:
            raise TurnFailed(f"the REST channel answered {answer.status}: {answer.body[:200]!r}")
        return Said(seconds, len(orjson.loads(answer.body)))

    async def finish(self) -> tuple[str, ...]:
        path = f"/conversations/{self._sender}/tracker?include_events=ALL"
        answer = await self._wire.get(path, {})
        await self._wire.close()
        events = orjson.loads(answer.body)["events"]
        ours = self._side.custom_actions
        return tuple(e["name"] for e in events if e["event"] == "action" and e["name"] in ours)


async def _post(wire: Wire, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    try:
        return await wire.post(path, body, headers)
    except WireBroken as error:
        raise TurnFailed(str(error)) from error
