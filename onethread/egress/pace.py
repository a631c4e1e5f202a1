"""Step 5, policy: whose turn it is to be sent, by each platform's pace, counted by all processes together."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from connectors.contract import Pace
from onethread.egress.breaker import Account
from onethread.ids import AddressId

log = structlog.get_logger()

_LIMIT_S = 0.5
_AWAY_S = 5.0
_MOST_NAMES = 20_000

# A bucket is one time: when it will be empty if nothing more is taken (GCRA). Valkey's clock serves everyone.
# KEYS: the account's hold, the account's bucket, the addresses' buckets. ARGV: ms between two requests and
# burst, of account and address; 0 ms: no limit. Answers two waits in ms for each address; takes when there
# are none.
_TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local every, burst, each, few = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local function bucket(key) return math.max(tonumber(redis.call('GET', key) or '0'), now) end
local function keep(key, empty)
    redis.call('SET', key, string.format('%.3f', empty), 'PX', math.ceil(empty - now) + 1)
end
local held, whole, answer = redis.call('PTTL', KEYS[1]), bucket(KEYS[2]), {}
for place = 3, #KEYS do
    local own = bucket(KEYS[place])
    local all = math.max(whole - now - (burst - 1) * every, held, 0)
    local one = math.max(own - now - (few - 1) * each, 0)
    if all == 0 and one == 0 then
        whole = whole + every
        if each > 0 then keep(KEYS[place], own + each) end
    end
    answer[#answer + 1] = math.ceil(all)
    answer[#answer + 1] = math.ceil(one)
end
if every > 0 then keep(KEYS[2], whole) end
return answer
"""


@dataclass(frozen=True, slots=True)
class Turn:
    """How many seconds the account, and this address of it, still have to wait; both 0: it is its turn."""

    account_s: float = 0.0
    address_s: float = 0.0

    @property
    def wait_s(self) -> float:
        return max(self.account_s, self.address_s)


class Pacer(Protocol):
    """Counts requests about to be made."""

    async def take(
        self, account: Account, pace: Pace | None, addresses: Sequence[AddressId], each: Pace | None
    ) -> list[Turn]:
        """Take one request for each address whose turn it is; must not raise."""

    async def hold(self, account: Account, seconds: float) -> None:
        """The platform asked the whole account to wait; must not raise."""


class LocalPacer:
    """Counts the requests of this process alone. `clock`: seconds that never go back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._empty_at: dict[object, float] = {}
        self._held_until: dict[Account, float] = {}

    async def take(
        self, account: Account, pace: Pace | None, addresses: Sequence[AddressId], each: Pace | None
    ) -> list[Turn]:
        now = self._clock()
        self._forget(now)
        turns = []
        for address in addresses:
            held = self._held_until.get(account, 0.0) - now
            turn = Turn(
                account_s=max(self._wait(account, pace, now), held, 0.0),
                address_s=self._wait(address, each, now),
            )
            if not turn.wait_s:
                self._count(account, pace, now)
                self._count(address, each, now)
            turns.append(turn)
        return turns

    async def hold(self, account: Account, seconds: float) -> None:
        self._held_until[account] = max(self._held_until.get(account, 0.0), self._clock() + seconds)

    def _wait(self, name: object, pace: Pace | None, now: float) -> float:
        if pace is None:
            return 0.0
        return max(0.0, self._empty_at.get(name, now) - now - (pace.burst - 1) * pace.every_s)

    def _count(self, name: object, pace: Pace | None, now: float) -> None:
        if pace is not None:
            self._empty_at[name] = max(self._empty_at.get(name, now), now) + pace.every_s

    def _forget(self, now: float) -> None:
        if len(self._empty_at) > _MOST_NAMES:
            self._empty_at = {name: at for name, at in self._empty_at.items() if at > now}


class SharedPacer:
    """Counts in Valkey, so that all processes keep one pace; while it is away each process keeps its own."""

    def __init__(self, valkey: Redis, clock: Callable[[], float] = time.monotonic) -> None:
        self._take = valkey.register_script(_TAKE)
        self._valkey = valkey
        self._clock = clock
        self._alone = LocalPacer(clock)
        self._away_until = -math.inf
        self._away = False

    async def take(
        self, account: Account, pace: Pace | None, addresses: Sequence[AddressId], each: Pace | None
    ) -> list[Turn]:
        name = "/".join(account)
        keys = [f"{_key(name)}:hold", _key(name), *(f"{_key(name)}:{address}" for address in addresses)]
        waits = await self._ask(lambda: self._take(keys=keys, args=[*_numbers(pace), *_numbers(each)]))
        if waits is None:
            return await self._alone.take(account, pace, addresses, each)
        numbers = [int(wait) / 1000 for wait in waits]
        return [Turn(*pair) for pair in zip(numbers[::2], numbers[1::2], strict=True)]

    async def hold(self, account: Account, seconds: float) -> None:
        await self._alone.hold(account, seconds)
        key, ms = f"{_key('/'.join(account))}:hold", max(1, round(seconds * 1000))
        await self._ask(lambda: self._valkey.set(key, 1, px=ms))

    async def _ask(self, question: Callable[[], Any]) -> Any:
        """Valkey's answer; None while it is away."""
        if self._clock() < self._away_until:
            return None
        try:
            async with asyncio.timeout(_LIMIT_S):
                answer = await question()
        except (RedisError, OSError, TimeoutError) as error:
            if not self._away:
                log.warning("egress.pace.alone", error=type(error).__name__)
            self._away, self._away_until = True, self._clock() + _AWAY_S
            return None
        if self._away:
            log.info("egress.pace.shared")
        self._away = False
        return answer


def _key(account: str) -> str:
    """The braces keep one account's keys on one node of a cluster."""
    return f"onethread:pace:{{{account}}}"


def _numbers(pace: Pace | None) -> tuple[float, int]:
    return (0.0, 1) if pace is None else (pace.every_s * 1000, pace.burst)
