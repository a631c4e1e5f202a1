"""From an accepted message to bytes in the store: one row and one job a file, done once."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from onethread.cli.worker import jobs_of
from onethread.jobs.running import Attempt
from onethread.media.faults import Unavailable
from onethread.media.library import key_of
from onethread.media.tasks import MediaJobs
from tests.fakes.house import Stage, until
from tests.media.files import JPEG, OGG, PNG, FilePlatform

FIRST, LAST = Attempt(1, last=False), Attempt(7, last=True)


def photo(path: str = "/a", **more: str) -> dict[str, str]:
    return {"ref": path, "content_type": "image/png", **more}


def jobs(house: Stage, days: int = 365) -> MediaJobs:
    made = house.house
    return MediaJobs(made.engines.senders, made.connectors, made.library, made.fetcher, made.fanout, days)


async def files(house: Stage) -> list[Any]:
    return await house.rows("select * from media order by place")


async def deferred(house: Stage) -> list[Any]:
    return await house.rows("select * from procrastinate_jobs where task_name = 'media.fetch' order by id")


async def test_a_message_with_files_leaves_a_row_and_a_job_for_each(house: Stage) -> None:
    await house.receive("look", kind="media", media=[photo(), photo("/b", file_name="b.png", caption="x")])
    rows, asked = await files(house), await deferred(house)
    assert [(row.place, row.ref, row.file_name, row.status) for row in rows] == [
        (0, "/a", "", "waiting"),
        (1, "/b", "b.png", "waiting"),
    ]
    assert {job.args["media_id"] for job in asked} == {str(row.id) for row in rows}
    (kept,) = await house.inbox()
    assert [item["id"] for item in kept.content["media"]] == [str(row.id) for row in rows]


async def test_the_same_message_again_leaves_nothing_new(house: Stage) -> None:
    for _ in range(2):
        await house.receive("look", kind="media", id="same", media=[photo()])
    assert len(await files(house)) == len(await deferred(house)) == 1


async def test_a_text_leaves_neither_row_nor_job(house: Stage) -> None:
    await house.receive("hello")
    assert await files(house) == await deferred(house) == []


async def test_a_file_is_fetched_and_kept_for_nobody_else_to_read(
    house: Stage, platform: FilePlatform, tmp_path: Path
) -> None:
    platform.put("/a", JPEG)  # said to be a PNG: the bytes are believed
    await house.receive("look", kind="media", media=[photo()])
    (row,) = await files(house)
    await jobs(house).fetch(FIRST, media_id=str(row.id))
    (row,) = await files(house)
    assert (row.status, row.content_type, row.size) == ("stored", "image/jpeg", len(JPEG))
    assert row.sha256 == hashlib.sha256(JPEG).digest()
    kept = tmp_path / "media" / key_of(row.id)
    assert kept.read_bytes() == JPEG
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.parent.stat().st_mode & 0o777 == 0o700
    assert list((tmp_path / "media" / "incoming").iterdir()) == []
    assert platform.asked[0].headers["authorization"] == "Bearer a-token"


async def test_a_job_done_twice_asks_the_platform_once(house: Stage, platform: FilePlatform) -> None:
    platform.put("/a", PNG)
    await house.receive(kind="media", media=[photo()])
    (row,) = await files(house)
    for _ in range(2):
        await jobs(house).fetch(FIRST, media_id=str(row.id))
    assert len(platform.asked) == 1


async def test_what_is_not_there_yet_is_tried_again_and_in_the_end_said_to_have_failed(
    house: Stage, platform: FilePlatform
) -> None:
    await house.receive(kind="media", media=[photo()])
    (row,) = await files(house)
    with pytest.raises(Unavailable):
        await jobs(house).fetch(FIRST, media_id=str(row.id))
    assert (await files(house))[0].status == "waiting"
    await jobs(house).fetch(LAST, media_id=str(row.id))
    (row,) = await files(house)
    assert (row.status, row.reason) == ("failed", "The platform does not have it.")


async def test_what_cannot_be_stored_is_tried_again(house: Stage, platform: FilePlatform) -> None:
    platform.put("/a", PNG)
    await house.receive(kind="media", media=[photo()])
    (row,) = await files(house)
    almost_full = replace(jobs(house), library=replace(house.house.library, spare_bytes=10**18))
    with pytest.raises(Unavailable):
        await almost_full.fetch(FIRST, media_id=str(row.id))
    await jobs(house).fetch(FIRST, media_id=str(row.id))
    assert [row.status for row in await files(house)] == ["stored"]


async def test_a_file_of_a_door_that_gives_none_away_fails_at_once(house: Stage) -> None:
    await house.receive(kind="media", media=[photo()])
    (row,) = await files(house)
    made = house.house
    without = MediaJobs(made.engines.senders, {}, made.library, made.fetcher, made.fanout, 1)
    await without.fetch(FIRST, media_id=str(row.id))
    assert (await files(house))[0].status == "failed"


async def test_the_worker_fetches_what_came_in(house: Stage, platform: FilePlatform) -> None:
    platform.put("/a", OGG)
    await house.receive(kind="media", media=[photo()])
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(jobs_of(house.house).run(stop))

        async def is_stored() -> bool:
            return (await files(house))[0].status == "stored"

        await until(is_stored)
        stop.set()
    assert await deferred(house) == []


async def test_files_are_this_customers_once_their_message_stands_in_the_thread(
    house: Stage, platform: FilePlatform
) -> None:
    await house.turn(kind="media", media=[photo()])
    (row,) = await files(house)
    assert row.customer_id == await house.customer()


async def test_old_files_lose_their_bytes_and_keep_their_row(
    house: Stage, platform: FilePlatform, tmp_path: Path
) -> None:
    platform.put("/a", PNG), platform.put("/b", PNG)
    for path in ("/a", "/b"):
        await house.receive(kind="media", media=[photo(path)])
    old, young = [row.id for row in await house.rows("select id from media order by ref")]
    for media_id in (old, young):
        await jobs(house).fetch(FIRST, media_id=str(media_id))
    await house.run("update media set stored_at = now() - interval '31 days' where id = :id", id=old)
    await jobs(house, days=30).forget()
    rows = {row.id: row.status for row in await files(house)}
    assert rows == {old: "gone", young: "stored"}
    assert not (tmp_path / "media" / key_of(UUID(str(old)))).exists()
    assert (tmp_path / "media" / key_of(UUID(str(young)))).exists()


async def test_a_file_whose_job_was_lost_does_not_wait_for_ever(house: Stage) -> None:
    await house.receive(kind="media", media=[photo()])
    await house.run("update media set created_at = now() - interval '2 days'")
    await jobs(house).forget()
    assert (await files(house))[0].status == "failed"


async def test_what_a_dead_process_left_half_received_is_swept_out(house: Stage, tmp_path: Path) -> None:
    incoming = tmp_path / "media" / "incoming"
    incoming.mkdir(parents=True)
    for name, hours in (("old", 25), ("young", 1)):
        (incoming / name).write_bytes(b"x")
        at = time.time() - hours * 3600
        os.utime(incoming / name, (at, at))
    await jobs(house).forget()
    assert [path.name for path in incoming.iterdir()] == ["young"]
