"""Too many webhooks, too large, too slow, packed, or lying about their length. Real sockets."""

from __future__ import annotations

import asyncio
import gzip
import statistics
import time
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from onethread.web.webhooks import IN_FLIGHT_MAX

from .knocking import DOORS, Knock, Rooms, all_of, clients, count, knock, open_rooms, post

_MB = 1024 * 1024


@asynccontextmanager
async def raw(rooms: Rooms) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A bare connection to the web process."""
    place = urlsplit(rooms.url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def heard(reader: asyncio.StreamReader) -> bytes:
    """The status line; empty when the connection was just closed."""
    with suppress(ConnectionError):
        return await asyncio.wait_for(reader.readline(), 30)
    return b""


def rss() -> int:
    return int(psutil.Process().memory_info().rss)


@pytest.mark.parametrize("door", DOORS)
async def test_fault_35_more_than_can_be_kept_at_once(rooms: Rooms, door: str) -> None:
    """Who delivers again is sent away at once; who does not waits for the database. Nobody hears 429."""
    many = IN_FLIGHT_MAX + 40
    again = door in ("telegram", "whatsapp_cloud")
    async with clients(many) as http:
        # Every connection is open before: else the machine's speed says how many knock at the same time.
        await asyncio.gather(*(http.get(f"{rooms.url}/health") for _ in range(many)))
        async with rooms.house.engines.lanes.begin() as conn:
            await conn.exec_driver_sql("lock table inbox in access exclusive mode")
            asked = [asyncio.create_task(post(http, knock(door, rooms.url, n + 1))) for n in range(many)]
            # On a slow machine the first is sent away by the lock_timeout of 2 s, else for being too many.
            await asyncio.wait(asked, timeout=None if again else 1.0, return_when=asyncio.FIRST_COMPLETED)
        statuses = await asyncio.gather(*asked)
    tally = {status: statuses.count(status) for status in sorted(set(statuses))}
    print(f"35 {door}: {many} at once while the inbox was locked: {tally}")
    assert set(statuses) <= {200, 503}
    assert (503 in statuses) == again
    assert await rooms.kept() == statuses.count(200)


@pytest.mark.slow
@pytest.mark.parametrize("per_s", [100, 1_000])
async def test_fault_35_figures_of_a_load(rooms: Rooms, per_s: int) -> None:
    """Sender and receiver share this process and its core, so the figures are low."""
    seconds = count(5, 30)
    took: list[float] = []

    async def one(number: int) -> int:
        began = time.perf_counter()
        status = await post(http, knock("whatsapp_cloud", rooms.url, number))
        took.append(time.perf_counter() - began)
        return status

    async with clients(256) as http, asyncio.TaskGroup() as group:
        began = time.perf_counter()
        asked = []
        for number in range(per_s * seconds):
            await asyncio.sleep(max(0.0, began + number / per_s - time.perf_counter()))
            asked.append(group.create_task(one(number + 1)))
        await asyncio.wait(asked)
    statuses = [task.result() for task in asked]
    spent = time.perf_counter() - began
    took.sort()
    print(
        f"35 {per_s}/s for {seconds} s: {statuses.count(200) / spent:.0f} accepted/s,"
        f" {statuses.count(503)} times 503, median {statistics.median(took) * 1000:.1f} ms,"
        f" p99 {took[int(len(took) * 0.99)] * 1000:.1f} ms,"
        f" over 1 s: {sum(one > 1 for one in took)}"
    )
    assert set(statuses) <= {200, 503}
    assert await rooms.kept() == statuses.count(200)


@pytest.fixture
async def impatient(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Rooms]:
    """As `rooms`, but it waits a second where it usually waits ten or more."""
    config = {"REQUEST_TIMEOUT": 0.6, "BODY_TIMEOUT": 1.0}
    async with open_rooms(database_url, redis_url, tmp_path, config=config) as opened:
        yield opened


HEAD = b"POST /webhooks/twilio_sms/default HTTP/1.1\r\nhost: x\r\n"


@pytest.mark.parametrize("begun", [b"", HEAD, HEAD + b"content-length: 100000\r\n\r\n"])
async def test_fault_36_who_speaks_in_drops_is_not_waited_for(impatient: Rooms, begun: bytes) -> None:
    """In the head or in the body; meanwhile the others are answered."""
    many = count(60, 500)

    async def drip() -> bytes:
        async with raw(impatient) as (reader, writer):
            writer.write(begun)
            answer = asyncio.create_task(heard(reader))
            while not answer.done():
                writer.write(b"x")
                await asyncio.wait([answer], timeout=0.1)
            return await answer

    async with clients() as http:
        dripping = [asyncio.create_task(drip()) for _ in range(many)]
        statuses = await all_of(http, (knock("twilio_sms", impatient.url, n) for n in range(1, 21)))
        assert statuses == [200] * 20
        ended = await asyncio.gather(*dripping)
    print(f"36 {many} dripping connections ended: {set(ended)}")
    assert set(ended) <= {b"HTTP/1.1 408 Request Timeout\r\n", b""}
    assert await impatient.kept() == 20


@pytest.mark.parametrize("door", DOORS)
async def test_fault_36_a_body_is_read_up_to_what_the_platform_sends(rooms: Rooms, door: str) -> None:
    most = rooms.house.connectors[door, "default"].capabilities.webhook_max_bytes
    assert most == (3 * _MB if door == "whatsapp_cloud" else 256 * 1024)
    url = f"{rooms.url}/webhooks/{door}/default"
    async with clients() as http:
        for body, status in ((b"x" * most, 403), (b"x" * (most + 1), 413)):
            assert (await http.post(url, content=body)).status_code == status
    before = rss()
    async with raw(rooms) as (reader, writer):
        writer.write(f"POST {urlsplit(url).path} HTTP/1.1\r\nhost: x\r\n".encode())
        writer.write(b"content-length: 104857600\r\n\r\n")
        assert b" 413 " in await heard(reader), "refused before it was sent"
    async with raw(rooms) as (reader, writer):
        writer.write(f"POST {urlsplit(url).path} HTTP/1.1\r\nhost: x\r\n".encode())
        writer.write(b"transfer-encoding: chunked\r\n\r\n")
        answer = asyncio.create_task(heard(reader))
        sent = 0
        with suppress(ConnectionError):
            while not answer.done() and sent < 100 * _MB:
                writer.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")
                await writer.drain()
                sent += 65536
        assert b" 413 " in await answer or sent < 100 * _MB
    grown = (rss() - before) / _MB
    print(f"36 {door}: 100 MB refused after {sent / _MB:.1f} MB, grown by {grown:.1f} MB")
    assert grown < 50


@pytest.mark.parametrize(
    "rest",
    [
        b"transfer-encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\nx",
        b"transfer-encoding: chunked\r\n\r\n-5\r\nx",
        b"transfer-encoding: chunked\r\n\r\nzz\r\nx",
        b"transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nsmuggled: yes\r\n\r\n",
        b"transfer-encoding: chunked\r\ncontent-length: 5\r\n\r\nhello",
        b"transfer-encoding: gzip, chunked\r\n\r\nhello",
        b"content-length: -1\r\n\r\n",
        b"content-length: 5\r\ncontent-length: 6\r\n\r\nhello",
        b"content-length: five\r\n\r\nhello",
        b"".join(b"x-%d: y\r\n" % n for n in range(100_000)) + b"\r\n",
        b"x-long: " + b"y" * 100_000 + b"\r\n\r\n",
        b"no colon\r\n\r\n",
    ],
    ids=lambda rest: rest[:40].decode(),
)
async def test_fault_36_lies_about_the_length_and_endless_heads_are_refused(
    rooms: Rooms, rest: bytes
) -> None:
    async with raw(rooms) as (reader, writer):
        with suppress(ConnectionError):
            writer.write(HEAD + rest)
            await writer.drain()
        said = await heard(reader)
        assert said == b"" or said.split()[1] in (b"400", b"413"), said
    async with clients() as http:
        assert await post(http, knock("twilio_sms", rooms.url, 1)) == 200
    assert await rooms.kept() == 1


@pytest.mark.parametrize("door", DOORS)
async def test_fault_37_what_is_packed_is_not_unpacked(rooms: Rooms, door: str) -> None:
    one = knock(door, rooms.url, 1)
    packer, size = zlib.compressobj(9, wbits=31), count(64, 1_024)
    bomb = b"".join(packer.compress(bytes(_MB)) for _ in range(size)) + packer.flush()
    before = rss()
    async with clients() as http:
        for packing in ("gzip", "deflate", "br", "zstd", "gzip, gzip", "GZIP"):
            for body in (bomb, gzip.compress(one.body), gzip.compress(one.body) * 2):
                packed = Knock(one.url, one.headers, body)
                assert await post(http, packed, **{"content-encoding": packing}) == 415
        assert await post(http, one, **{"content-encoding": "identity"}) == 200
    grown = (rss() - before) / _MB
    print(f"37 {door}: {len(bomb) / 1024:.0f} KB that would be {size} MB: grown by {grown:.1f} MB")
    assert grown < 50
    assert await rooms.kept() == 1
