"""Recorded webhooks with something missing, of another type, huge, or not text: none is a fault of ours."""

from __future__ import annotations

import functools
import json
import random
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode

from connectors.contract import Connector, WebhookRequest
from connectors.registry import build
from onethread.ingress.accept import Accepted, take
from onethread.ingress.bodies import BodyVault
from onethread.storage.engine import open_engines

from .posting import ENV, Payload, payloads

_DEEP: list[Any] = functools.reduce(lambda inner, _: [inner], range(60), ["deep"])
_ODD: tuple[Any, ...] = (
    *(None, True, 0, -1, 2**70, 1.5, float("nan"), "", " ", "0", "\x00", "\ud800", "\u202e", "x" * 5_000),
    *([], {}, [[]], [None], [{}], {"id": 1}, {"body": 5}, _DEEP),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something could be otherwise."""
    if path:
        yield path
    if isinstance(value, (dict, list)):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


def changed(body: Any, rng: random.Random) -> Any:
    """The same JSON with one thing taken out or made odd."""
    copy = json.loads(json.dumps(body))
    path = rng.choice(list(places(copy)))
    parent = copy
    for key in path[:-1]:
        parent = parent[key]
    if rng.random() < 0.25:
        del parent[path[-1]]
    else:
        parent[path[-1]] = rng.choice(_ODD)
    return copy


def mutated(payload: Payload, rng: random.Random) -> bytes:
    if payload.path.suffix == ".json":
        return json.dumps(changed(json.loads(payload.body), rng)).encode()
    pairs = parse_qsl(payload.body.decode(), keep_blank_values=True)
    where = rng.randrange(len(pairs))
    odd = rng.choice([value for value in _ODD if isinstance(value, str)]).encode("utf-8", "surrogatepass")
    pairs[where : where + 1] = [] if rng.random() < 0.25 else [(pairs[where][0], odd)]  # type: ignore[list-item]
    return urlencode(pairs).encode()


async def test_whatever_is_odd_in_it_a_webhook_is_kept_and_its_repetition_is_not(database_url: str) -> None:
    rng = random.Random(37)
    doors = build(ENV | {"ONETHREAD_PUBLIC_URL": "https://shop.example"})
    engines, vault = open_engines(database_url, lane_slots=1, turn_deadline_s=10), BodyVault("s" * 40)

    async def taken(door: Connector, body: bytes) -> Accepted:
        return await take(engines.web, vault, door, WebhookRequest("POST", "", "default", "", {}, body))

    for payload in payloads():
        door = doors[payload.connector, "default"]
        for _ in range(2):
            body = mutated(payload, rng)
            try:
                first = await taken(door, body)
                again = await taken(door, body)
            except Exception as error:
                raise AssertionError(f"{payload.name}: {body!r:.2000}") from error
            assert first.accepted + first.duplicates + first.receipts + first.dead, (payload.name, body)
            assert (again.accepted, again.dead) == (0, 0), (payload.name, body)
    await engines.close()
