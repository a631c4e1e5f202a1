"""Drives talks through one side, a given number at once, and keeps how long each turn took."""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from onethread.bench.talks import Talk


class TurnFailed(RuntimeError):
    """A side did not answer a turn as it should; a run with such a turn has no figures."""


@dataclass(frozen=True, slots=True)
class Said:
    """What came back for one text: seconds from request to whole answer, and what was done for it."""

    seconds: float
    replies: int
    actions: tuple[str, ...] = ()


class Conversation(Protocol):
    """One customer's talk with one side."""

    async def say(self, text: str) -> Said:
        """One turn.

        Raises:
            TurnFailed: the side refused it or broke.
        """
        ...

    async def finish(self) -> tuple[str, ...]:
        """Hangs up; the custom actions of the talk that `say` could not see (asked for outside the clock)."""
        ...


class Side(Protocol):
    """One of the two assistants that are compared."""

    @property
    def name(self) -> str:
        """How the report calls it."""
        ...

    def open(self, talk: Talk, round_no: int) -> Conversation:
        """Begins `talk` as a customer nobody has seen before."""
        ...


@dataclass(slots=True)
class Tally:
    """All that was measured for one side in one mode, over all its rounds."""

    latencies_s: list[float] = field(default_factory=list)
    wall_s: float = 0.0
    cpu_s: float | None = None
    """What the side's own process computed meanwhile, all its threads; None where it cannot be read."""
    silent: int = 0
    actions: Counter[str] = field(default_factory=Counter)
    rounds_per_s: list[float] = field(default_factory=list)

    @property
    def turns(self) -> int:
        """Turns answered."""
        return len(self.latencies_s)

    @property
    def turns_per_s(self) -> float:
        """Turns answered for each second of the clock, the load generator's own work included."""
        return self.turns / self.wall_s if self.wall_s else 0.0


async def run_round(
    side: Side, talks: Iterable[Talk], concurrency: int, round_no: int, tally: Tally
) -> list[Conversation]:
    """Holds all `talks`, `concurrency` of them at any moment, adds to `tally`, returns what was held.

    Raises:
        TurnFailed: the first turn that failed; the others were given up.
    """
    waiting = deque(talks)
    spoken: list[Conversation] = []
    before = tally.turns
    began = time.perf_counter()

    async def hold_talks() -> None:
        while waiting:
            talk = waiting.popleft()
            conversation = side.open(talk, round_no)
            spoken.append(conversation)
            for text in talk.texts:
                said = await conversation.say(text)
                tally.latencies_s.append(said.seconds)
                tally.silent += said.replies == 0
                tally.actions.update(said.actions)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(concurrency):
                group.create_task(hold_talks())
    except ExceptionGroup as failed:
        turns, others = failed.split(TurnFailed)
        if turns is None or others is not None:
            raise
        raise turns.exceptions[0] from None
    wall = time.perf_counter() - began
    tally.wall_s += wall
    tally.rounds_per_s.append((tally.turns - before) / wall)
    return spoken


async def finish_round(spoken: Iterable[Conversation], tally: Tally) -> None:
    """Ends what `run_round` held, outside the clock, and adds the actions only now told."""
    for conversation in spoken:
        tally.actions.update(await conversation.finish())
