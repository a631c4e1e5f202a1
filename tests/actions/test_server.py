"""The action server's own manners."""

import zlib

import httpx
import orjson

from .talk import Talk


async def test_it_is_alive_without_a_secret(server: str) -> None:
    async with httpx.AsyncClient() as client:
        assert (await client.get(f"{server}/health")).json() == {"status": "ok"}


async def test_nothing_runs_without_the_shared_secret(server: str, web: Talk) -> None:
    call = web.call("action_opt_out", "stop", "opt_out", (), {})
    async with httpx.AsyncClient(base_url=server) as stranger:
        for headers in (
            {},
            {"X-Onethread-Secret": ""},
            {"X-Onethread-Secret": "é"},
            {"X-Onethread-Secret": "s" * 31},
        ):
            raw = {name: value.encode() for name, value in headers.items()}
            answer = await stranger.post("/webhook", json=call, headers=raw)
            assert answer.status_code == 401
        assert (await stranger.get("/actions")).status_code == 401


async def test_a_packed_body_is_not_unpacked(client: httpx.AsyncClient) -> None:
    for packing in ("deflate", "gzip"):
        bomb = zlib.compress(b" " * 50_000_000)
        answer = await client.post("/webhook", content=bomb, headers={"Content-Encoding": packing})
        assert answer.status_code == 415


async def test_a_body_over_four_megabytes_is_refused(client: httpx.AsyncClient) -> None:
    try:
        answer = await client.post("/webhook", content=b"x" * (4 * 1024 * 1024 + 1))
    except (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
        return  # hung up on while still sending
    assert answer.status_code == 413


async def test_what_is_no_action_call_is_refused(client: httpx.AsyncClient) -> None:
    for body in (b"", b"{", b"[]", b'"x"', b"{}", b'{"next_action": "action_opt_out"}', b'{"tracker": {}}'):
        assert (await client.post("/webhook", content=body)).status_code == 400, body


async def test_an_unknown_action_is_told_by_its_name(client: httpx.AsyncClient, web: Talk) -> None:
    answer = await client.post("/webhook", json=web.call("action_nobody_wrote", "x", "greet", (), {}))
    assert answer.status_code == 404
    assert answer.json() == {"error": "unknown action", "action_name": "action_nobody_wrote"}


async def test_a_failure_shows_neither_its_words_nor_the_tracker(
    client: httpx.AsyncClient, web: Talk
) -> None:
    call = web.call("action_order_status", "my secret words", "order_status", (), {})
    call["tracker"]["slots"] = {"order_at": "no number", "order_number": "1042"}
    answer = await client.post("/webhook", content=orjson.dumps(call))
    assert answer.status_code == 500
    assert answer.json() == {"error": "failed", "action_name": "action_order_status"}
