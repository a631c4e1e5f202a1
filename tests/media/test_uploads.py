"""Files uploaded before their message: only their owner can send them, and once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from onethread.media.faults import Refused, Why
from onethread.media.store import StoreAway
from onethread.media.tasks import MediaJobs
from onethread.media.uploads import Upload, store_upload
from tests.fakes.house import PHONE, Stage
from tests.media.files import PNG, streamed


async def upload(house: Stage, *, owner: str = PHONE, body: bytes = PNG, length: int | None = None) -> Upload:
    return await store_upload(
        house.house.library,
        house.house.engines.web,
        streamed(body),
        connector=house.door.key,
        account=house.door.account,
        address_key=owner,
        file_name="../dot.png",
        length=length,
    )


async def rows(house: Stage) -> list[tuple[str, bool]]:
    found = await house.rows("select status, inbox_id is not null as tied from media order by created_at")
    return [(row.status, row.tied) for row in found]


def message(media_id: UUID | str) -> dict[str, object]:
    return {"kind": "media", "media": [{"ref": f"upload:{media_id}", "content_type": ""}]}


async def test_an_upload_is_tied_to_the_message_that_names_it(house: Stage) -> None:
    kept = await upload(house)
    assert (kept.file_name, kept.content_type, kept.size) == ("dot.png", "image/png", len(PNG))
    await house.turn(**message(kept.id))
    assert await rows(house) == [("stored", True)]
    assert await house.rows("select 1 from procrastinate_jobs where task_name = 'media.fetch'") == []
    (row,) = await house.rows("select customer_id from media")
    assert row.customer_id == await house.customer()


async def test_somebody_elses_upload_cannot_be_sent(house: Stage) -> None:
    kept = await upload(house, owner="+15550000000")
    await house.turn(**message(kept.id))
    assert await rows(house) == [("stored", False)]
    (row,) = await house.rows("select customer_id from media")
    assert row.customer_id is None


async def test_an_upload_is_sent_once(house: Stage) -> None:
    kept = await upload(house)
    await house.receive(id="one", **message(kept.id))
    (first,) = await house.rows("select inbox_id from media")
    await house.receive(id="two", **message(kept.id))
    assert await house.rows("select inbox_id from media") == [first]


async def test_an_upload_that_never_was_is_refused_in_words(house: Stage) -> None:
    await house.receive(**message(uuid4()))
    (row,) = await house.rows("select status, reason from media")
    assert (row.status, row.reason) == ("refused", "This file was never received.")
    await house.receive(**message("not an id"))
    assert {status for status, _ in await rows(house)} == {"refused"}


@pytest.mark.parametrize(
    ("body", "length", "why"),
    [
        (b"", None, Why.EMPTY),
        (bytes(2_000_000), None, Why.TOO_LARGE),
        (PNG, 2_000_000, Why.TOO_LARGE),
        (b"MZ" + bytes(50), None, Why.KIND),
    ],
    ids=["empty", "large", "said-to-be-large", "program"],
)
async def test_what_is_not_taken_leaves_nothing(
    house: Stage, body: bytes, length: int | None, why: Why
) -> None:
    with pytest.raises(Refused) as refused:
        await upload(house, body=body, length=length)
    assert refused.value.code is why
    assert await rows(house) == []
    assert list(house.house.library.incoming.iterdir() if house.house.library.incoming.exists() else ()) == []


async def test_the_last_of_a_disk_is_not_for_files(house: Stage) -> None:
    almost_full = replace(house.house.library, spare_bytes=10**18)
    with pytest.raises(StoreAway):
        async with almost_full.receive(streamed(PNG)):
            pytest.fail("nothing is taken")
    assert list(house.house.library.incoming.iterdir()) == []


async def test_an_upload_that_nobody_sends_is_deleted_after_a_day(house: Stage) -> None:
    await upload(house)
    await house.run("update media set stored_at = now() - interval '25 hours'")
    made = house.house
    await MediaJobs(
        made.engines.senders, made.connectors, made.library, made.fetcher, made.fanout, 365
    ).forget()
    assert await rows(house) == [("gone", False)]


async def test_bytes_that_no_row_speaks_of_are_not_left_behind(house: Stage, tmp_path: Path) -> None:
    await house.run("alter table media add constraint never check (file_name <> 'dot.png')")
    with pytest.raises(IntegrityError):
        await upload(house)
    assert [path for path in (tmp_path / "media").rglob("*") if path.is_file()] == []
