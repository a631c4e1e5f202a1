"""The generator holds every talk in order, no more at once than asked."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from onethread.bench.load import Said, Tally, TurnFailed, finish_round, run_round
from onethread.bench.talks import Talk, talks


@dataclass
class RecordingSide:
    """A side that answers at once and remembers who said what."""

    fails_on: str | None = None
    name: str = "recording"
    heard: list[tuple[int, str]] = field(default_factory=list)
    now: int = 0
    most: int = 0

    def open(self, talk: Talk, round_no: int) -> RecordingConversation:
        return RecordingConversation(self, talk)


@dataclass
class RecordingConversation:
    side: RecordingSide
    talk: Talk

    async def say(self, text: str) -> Said:
        if text == self.side.fails_on:
            raise TurnFailed("no answer")
        self.side.now += 1
        self.side.most = max(self.side.most, self.side.now)
        await asyncio.sleep(0)
        self.side.now -= 1
        self.side.heard.append((self.talk.number, text))
        return Said(0.001, replies=0 if text == "b" else 1, actions=("action_a",))

    async def finish(self) -> tuple[str, ...]:
        return ("action_z",)


def _talks(amount: int) -> list[Talk]:
    return [Talk(number, None, ("a", "b", "c")) for number in range(amount)]


async def test_every_talk_is_held_once_and_in_order() -> None:
    side, tally = RecordingSide(), Tally()
    await finish_round(await run_round(side, _talks(5), 3, 1, tally), tally)
    for number in range(5):
        assert [text for who, text in side.heard if who == number] == ["a", "b", "c"]
    assert (tally.turns, tally.silent) == (15, 5)
    assert tally.actions == {"action_a": 15, "action_z": 5}


async def test_as_many_talks_run_at_once_as_asked() -> None:
    side = RecordingSide()
    await run_round(side, _talks(9), 3, 1, Tally())
    assert side.most == 3


async def test_a_failed_turn_ends_the_run_by_its_own_name() -> None:
    with pytest.raises(TurnFailed, match="no answer"):
        await run_round(RecordingSide(fails_on="b"), _talks(4), 2, 1, Tally())


async def test_rounds_add_up() -> None:
    side, tally = RecordingSide(), Tally()
    await run_round(side, _talks(2), 1, 1, tally)
    await run_round(side, _talks(2), 1, 2, tally)
    assert tally.turns == 12
    assert len(tally.rounds_per_s) == 2


def test_both_sides_hear_the_same_from_different_customers() -> None:
    ours, theirs = list(talks(20)), list(talks(20))
    assert [talk.texts for talk in ours] == [talk.texts for talk in theirs]
    ids = {talk.customer_id(side, n) for talk in ours for side in ("stock", "onethread") for n in (1, 2)}
    assert len(ids) == 80


def test_a_round_of_the_default_size_holds_known_and_unknown_customers() -> None:
    known = [talk.phone is not None for talk in talks(16)]
    assert known.count(True) == known.count(False) == 8
