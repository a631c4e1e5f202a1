"""Plans who writes what and when: many customers, each in the middle of a short talk. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from onethread.bench.talks import talks
from onethread.bench.webhooks import Inbound

_SCRIPTS = tuple(talk.texts for talk in talks(8))
TURNS = 6
"""Texts of one talk; then another customer takes the place of the one before."""
_FIRST_PHONE = 15_553_000_000


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who writes.

    think_s: how long a customer waits between two messages; with the rate it decides how many talk at once.
    run: part of each message's id, new for each run. first: the number of the first customer.
    """

    think_s: float
    run: str
    first: int
    door: str


def plan(rate: float, seconds: float, crowd: Crowd) -> Iterator[Inbound]:
    """`rate` messages a second at even distances; the first customers are in the middle of their talks."""
    places = max(1, round(rate * crowd.think_s))
    for number in range(max(1, round(rate * seconds))):
        place = number % places
        turn = number // places + place % TURNS
        customer = crowd.first + place + places * (turn // TURNS)
        yield Inbound(
            door=crowd.door,
            id=f"SM{crowd.run}{customer:08x}{turn % TURNS:08x}",
            sender=f"+{_FIRST_PHONE + customer}",
            text=_SCRIPTS[customer % len(_SCRIPTS)][turn % TURNS],
            due_s=number / rate,
        )


def customers(messages: Iterable[Inbound]) -> int:
    """How many different people write."""
    return len({message.sender for message in messages})
