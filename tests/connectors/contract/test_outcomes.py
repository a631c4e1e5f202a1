"""The same question to every door: what does each answer of its platform mean for a send?"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest

from connectors.contract import (
    ChecksCredentials,
    Connector,
    CredentialsRejected,
    Final,
    OutcomeUnknown,
    Part,
    PlatformUnavailable,
    RateLimited,
    Retryable,
    SendError,
    ShowsTyping,
)

from .doors import built, every_door, examples_of
from .platform import DROP, answer, platform

HTML = b"<!doctype html><title>Bad gateway</title>"
REFUSED: Mapping[str, tuple[bytes, type[SendError]]] = {
    "401": (answer(401), CredentialsRejected),
    "400": (answer(400), Final),
    "400 html": (answer(400, HTML), Final),
    "429": (answer(429), RateLimited),
    "500": (answer(500), PlatformUnavailable),
    "502 html": (answer(502, HTML), PlatformUnavailable),
    "503": (answer(503, b""), PlatformUnavailable),
}
UNCLEAR = {
    "408": answer(408),
    "504": answer(504, b""),
    "200 empty": answer(200, b""),
    "200 html": answer(200, HTML),
    "200 no id": answer(200, b'{"ok": true, "error": 1}'),
    "200 no message": answer(200, b'{"ok": true, "result": [1], "messages": [1], "sid": 7}'),
    "200 list": answer(200, b"[]"),
    "200 null": answer(200, b"null"),
    "200 nested": answer(200, b"[" * 100_000),
    "200 huge": answer(200, b" " * 2_000_000),
    "cut off": answer(200, b'{"sid": "SM1", "ok": true')[:-5],
    "no http": b"what?\r\n\r\n",
    "dropped": DROP,
}


@asynccontextmanager
async def facing(key: str, said: bytes) -> AsyncIterator[tuple[Connector, list[bytes]]]:
    async with platform(said) as (url, heard):
        door = built(key, **{examples_of(key).api: url})
        try:
            yield door, heard
        finally:
            await door.close()


async def outcome(door: Connector, key: str) -> SendError:
    with pytest.raises(SendError) as caught:
        await door.send(examples_of(key).customer, Part("hello there"), oid="0a1b")
    assert not set(examples_of(key).env.values()) & set(str(caught.value).split())
    assert "hello there" not in str(caught.value)
    return caught.value


@every_door("refusals")
async def test_a_part_that_is_taken_has_the_platforms_id_and_one_request(key: str) -> None:
    async with facing(key, answer(200, examples_of(key).taken)) as (door, heard):
        sent = await door.send(examples_of(key).customer, Part("hello there"), oid="0a1b")
    assert sent.provider_message_id
    (request,) = heard
    assert request.startswith(b"POST ")
    assert (b"0a1b" in request) == door.capabilities.echoes_oid


@every_door("refusals")
@pytest.mark.parametrize("name", REFUSED)
async def test_a_refusal_says_what_to_do(key: str, name: str) -> None:
    said, wanted = REFUSED[name]
    async with facing(key, said) as (door, heard):
        assert isinstance(await outcome(door, key), wanted)
    assert len(heard) == 1, "a door must not retry by itself"


@every_door("refusals")
async def test_too_many_requests_say_how_long_to_wait(key: str) -> None:
    headers, body = examples_of(key).limited
    async with facing(key, answer(429, body, headers)) as (door, _):
        error = await outcome(door, key)
    assert isinstance(error, RateLimited)
    assert error.retry_after == 7.0


@every_door("no clear answer")
@pytest.mark.parametrize("name", UNCLEAR)
async def test_no_clear_answer_is_an_unknown_outcome(key: str, name: str) -> None:
    async with facing(key, UNCLEAR[name]) as (door, heard):
        assert type(await outcome(door, key)) is OutcomeUnknown
    assert len(heard) == 1, "a door must not retry by itself"


@every_door("nobody listens")
async def test_nobody_listening_is_surely_not_a_send(key: str) -> None:
    door = built(key, **{examples_of(key).api: "http://127.0.0.1:9"})
    assert isinstance(await outcome(door, key), Retryable)
    await door.close()


@every_door("nobody listens")
async def test_a_sign_that_does_not_arrive_is_no_error(key: str) -> None:
    door = built(key, **{examples_of(key).api: "http://127.0.0.1:9"})
    if isinstance(door, ShowsTyping):
        await door.typing(examples_of(key).customer, message_id="1")
    await door.close()


@every_door("credentials")
async def test_credentials_that_are_refused_are_told(key: str) -> None:
    async with facing(key, answer(401)) as (door, _):
        assert isinstance(door, ChecksCredentials)
        with pytest.raises(CredentialsRejected):
            await door.check()
