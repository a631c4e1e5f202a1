"""Both stores do the same: keep a copy, give back parts, forget."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from onethread.media.store import Folder, MediaStore, Missing, StoreAway, open_store
from onethread.settings import Settings, SettingsError
from tests.media.bucket import FakeBucket

KEY = "ab/0123ab"
BODY = bytes(range(256)) * 20_000
"""More than one read's worth."""


def settings(tmp_path: Path, **more: object) -> Settings:
    return Settings(
        database_url="postgresql://x",
        redis_url="redis://x",
        secret_key=SecretStr("s" * 40),
        internal_secret=SecretStr("i" * 40),
        data_dir=tmp_path,
        **more,  # type: ignore[arg-type]
    )


@pytest.fixture
async def bucket() -> AsyncIterator[FakeBucket]:
    async with FakeBucket() as opened:
        yield opened


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path, bucket: FakeBucket) -> MediaStore:
    if request.param == "folder":
        return open_store(settings(tmp_path))
    return open_store(at(bucket.url, tmp_path))


def at(url: str, tmp_path: Path) -> Settings:
    return settings(
        tmp_path,
        media_store="s3://files/shop",
        s3_endpoint=url,
        s3_region="us-east-1",
        s3_access_key_id="an-id",
        s3_secret_access_key=SecretStr("a-secret"),
    )


async def read(store: MediaStore, start: int, end: int) -> bytes:
    return b"".join([chunk async for chunk in store.read(KEY, start, end)])


async def test_what_is_put_is_read_in_whole_and_in_part_until_deleted(
    store: MediaStore, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    source.write_bytes(BODY)
    await store.put(KEY, source)
    source.unlink()
    assert await read(store, 0, len(BODY)) == BODY
    assert await read(store, 1_000_001, 1_000_009) == BODY[1_000_001:1_000_009]
    await store.delete(KEY)
    await store.delete(KEY)
    with pytest.raises(Missing):
        await read(store, 0, 1)


async def test_a_bucket_keeps_below_its_prefix_and_is_asked_with_a_signature(
    bucket: FakeBucket, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"x")
    await open_store(at(bucket.url, tmp_path)).put(KEY, source)
    assert set(bucket.objects) == {f"/files/shop/{KEY}"}
    assert bucket.asked[0].headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=an-id/")


async def test_a_store_that_refuses_is_away(bucket: FakeBucket, tmp_path: Path) -> None:
    bucket.refuses = True
    source = tmp_path / "source"
    source.write_bytes(b"x")
    store = open_store(at(bucket.url, tmp_path))
    with pytest.raises(StoreAway):
        await store.put(KEY, source)
    with pytest.raises(StoreAway):
        await read(store, 0, 1)
    with pytest.raises(StoreAway):
        await store.delete(KEY)


async def test_a_folder_that_cannot_be_written_is_away(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(StoreAway):
        await Folder(tmp_path / "file").put(KEY, tmp_path / "file")


@pytest.mark.parametrize("wrong", ["/var/files", "s3://", "s3:///", "https://s3.example.com/x"])
def test_a_store_is_a_bucket_or_nothing(wrong: str) -> None:
    env = {
        "DATABASE_URL": "postgresql://x",
        "REDIS_URL": "redis://x",
        "ONETHREAD_SECRET_KEY": "s" * 40,
        "ONETHREAD_INTERNAL_SECRET": "i" * 40,
        "ONETHREAD_MEDIA_STORE": wrong,
    }
    with pytest.raises(SettingsError, match="s3://bucket/prefix"):
        Settings.load(env)
