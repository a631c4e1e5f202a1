"""Fault 45: a file's address, its size and its kind are somebody else's idea; and 44 for files alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from connectors.contract import MediaSource
from onethread.jobs.running import Attempt
from onethread.media.faults import Lost, Refused, Unavailable, Why
from onethread.media.fetching import Fetcher
from onethread.media.guard import check_url, is_public
from onethread.media.library import Library
from onethread.media.store import Folder
from onethread.media.tasks import MediaJobs
from simulator.http import Request, Response
from tests.fakes.house import Stage, stage
from tests.media.files import EXE, HTML, JPEG, PDF, PNG, SVG, FileDoor, FilePlatform, file_platform

HOSTS = ("files.example.com", ".cdn.example.com")


@pytest.fixture
async def platform() -> AsyncIterator[FilePlatform]:
    async with file_platform() as opened:
        yield opened


def library(tmp_path: Path, most: int = 1_000_000) -> Library:
    return Library(Folder(tmp_path / "kept"), tmp_path / "incoming", most)


async def fetch(
    source: MediaSource, kept: Library, *, names: dict[str, Sequence[str]] | None = None
) -> tuple[str, int]:
    """Type and size of what was fetched; `names` is what the resolver knows."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        known = {"127.0.0.1": ["127.0.0.1"], **(names or {})}
        if host not in known:
            raise OSError("no such name")
        return known[host]

    fetcher = Fetcher(resolve=resolve, total_s=20)
    async with fetcher.open(source) as body, kept.receive(body.chunks, length=body.length) as received:
        return received.content_type, received.size


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/",
        "https://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "gopher://files.example.com/x",
        "http://files.example.com/x",
        "https://files.example.com:8443/x",
        "https://user:secret@files.example.com/x",
        "https://files.example.com.evil.example/x",
        "https://evilcdn.example.com/x",
        "https://files.example.com@evil.example/x",
        "https://[::1]/x",
        "https://127.0.0.1/x",
        "https://2130706433/x",
        "https://localhost/x",
        "//files.example.com/x",
        "https://",
        "",
        "https://[bad/x",
        "https://files.example.com:999999/x",
    ],
)
def test_45_no_address_but_the_platforms_own_is_asked(url: str) -> None:
    with pytest.raises(Refused) as refused:
        check_url(url, HOSTS)
    assert refused.value.code is Why.ADDRESS


@pytest.mark.parametrize(
    "url", ["https://files.example.com/x", "https://FILES.example.com:443/x", "https://a.cdn.example.com/x"]
)
def test_45_the_platforms_own_addresses_are_asked(url: str) -> None:
    assert check_url(url, HOSTS).port == 443


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
        *("224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1"),
        *("::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::a00:1", "not an address"),
    ],
)
def test_45_an_address_inside_is_not_public_in_whatever_it_is_wrapped(address: str) -> None:
    assert not is_public(address)


def test_45_an_address_outside_is_public() -> None:
    assert is_public("93.184.215.14")
    assert is_public("2606:2800:21f:cb07:6820:80da:af6b:8b2c")


@pytest.mark.parametrize("inside", ["127.0.0.1", "169.254.169.254", "10.0.0.5", "::1"])
async def test_45_a_name_of_the_platform_that_leads_inside_is_refused(tmp_path: Path, inside: str) -> None:
    source = MediaSource("https://files.example.com/x", {}, HOSTS)
    names: dict[str, Sequence[str]] = {"files.example.com": ["93.184.215.14", inside]}
    with pytest.raises(Refused) as refused:
        await fetch(source, library(tmp_path), names=names)
    assert refused.value.code is Why.ADDRESS


async def test_45_a_redirect_inside_is_not_followed(tmp_path: Path, platform: FilePlatform) -> None:
    async with file_platform() as inside:
        inside.put("/secret", PNG)
        platform.move("/a", f"{inside.url}/secret")
        source = MediaSource(f"{platform.url}/a", {"authorization": "Bearer t"}, (platform.host, *HOSTS))
        with pytest.raises(Refused):
            await fetch(source, library(tmp_path))
        platform.move("/b", "http://localhost/secret")
        with pytest.raises(Refused):
            await fetch(MediaSource(f"{platform.url}/b", {}, source.hosts), library(tmp_path))
        platform.move("/c", "file:///etc/passwd")
        with pytest.raises(Refused):
            await fetch(MediaSource(f"{platform.url}/c", {}, source.hosts), library(tmp_path))
        assert inside.asked == []


async def test_45_a_redirect_that_is_allowed_gets_no_token(tmp_path: Path, platform: FilePlatform) -> None:
    async with file_platform() as store:
        store.put("/signed", PNG)
        platform.move("/a", f"{store.url}/signed")
        source = MediaSource(f"{platform.url}/a", {"authorization": "Bearer t"}, (platform.host, store.host))
        assert await fetch(source, library(tmp_path)) == ("image/png", len(PNG))
        assert platform.asked[0].headers["authorization"] == "Bearer t"
        assert "authorization" not in store.asked[0].headers


async def test_45_a_token_goes_to_the_first_host_alone(tmp_path: Path, platform: FilePlatform) -> None:
    platform.put("/a", PNG)
    source = MediaSource(
        f"{platform.url}/a", {"authorization": "Bearer t"}, ("api.example.com", platform.host)
    )
    await fetch(source, library(tmp_path))
    assert "authorization" not in platform.asked[0].headers


async def test_45_redirects_end(tmp_path: Path, platform: FilePlatform) -> None:
    platform.move("/a", "/a")
    with pytest.raises(Lost):
        await fetch(MediaSource(f"{platform.url}/a", {}, (platform.host,)), library(tmp_path))
    assert len(platform.asked) == 4


async def test_45_a_file_said_to_have_100_mb_is_not_begun(tmp_path: Path, platform: FilePlatform) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield bytes(65_536)

    platform.answers["/a"] = Response(headers={"content-length": "100000000"}, chunks=endless())
    with pytest.raises(Refused) as refused:
        await fetch(MediaSource(f"{platform.url}/a", {}, (platform.host,)), library(tmp_path))
    assert refused.value.code is Why.TOO_LARGE
    assert "1 MB" in str(refused.value)


async def test_45_a_file_that_never_ends_is_cut_off_and_nothing_of_it_stays(
    tmp_path: Path, platform: FilePlatform
) -> None:
    given = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal given
        while True:
            given += 65_536
            yield bytes(65_536)

    platform.answers["/a"] = Response(chunks=endless())
    with pytest.raises(Refused) as refused:
        await fetch(MediaSource(f"{platform.url}/a", {}, (platform.host,)), library(tmp_path))
    assert refused.value.code is Why.TOO_LARGE
    assert given < 20_000_000  # some are on their way in buffers
    assert list((tmp_path / "incoming").iterdir()) == []


async def test_45_a_file_that_drips_is_given_up(tmp_path: Path, platform: FilePlatform) -> None:
    async def drips(_: Request) -> Response:
        await asyncio.Event().wait()
        return Response()

    platform.answers["/a"] = drips
    fetcher = Fetcher(total_s=0.2)
    with pytest.raises(Unavailable):
        async with fetcher.open(MediaSource(f"{platform.url}/a", {}, (platform.host,))):
            pytest.fail("it never answers")


async def test_45_a_packed_file_is_not_unpacked(tmp_path: Path, platform: FilePlatform) -> None:
    platform.put("/a", b"\x1f\x8b" + bytes(50), headers={"content-encoding": "gzip"})
    with pytest.raises(Lost):
        await fetch(MediaSource(f"{platform.url}/a", {}, (platform.host,)), library(tmp_path))


@pytest.mark.parametrize(
    ("body", "said", "status", "content_type"),
    [
        (JPEG, "image/png", "stored", "image/jpeg"),
        (PDF, "image/jpeg", "stored", "application/pdf"),
        (HTML, "image/jpeg", "stored", "text/html"),
        (SVG, "image/png", "stored", "image/svg+xml"),
        (EXE, "image/jpeg", "refused", "image/jpeg"),
    ],
    ids=["another-picture", "pdf", "html", "svg", "program"],
)
async def test_45_the_bytes_say_what_a_file_is(
    database_url: str,
    redis_url: str,
    tmp_path: Path,
    platform: FilePlatform,
    body: bytes,
    said: str,
    status: str,
    content_type: str,
) -> None:
    platform.put("/a", body, content_type=said)
    door = FileDoor(base=platform.url, hosts=(platform.host,))
    async with stage(database_url, redis_url, door=door, data_dir=tmp_path) as house:
        row = await accepted(house, {"ref": "/a", "content_type": said})
        await jobs(house).fetch(Attempt(1, last=False), media_id=str(row.id))
        (row,) = await house.rows("select * from media")
    assert (row.status, row.content_type) == (status, content_type)


async def test_45_an_address_inside_ends_as_refused_with_a_reason(
    database_url: str, redis_url: str, tmp_path: Path, platform: FilePlatform
) -> None:
    door = FileDoor(base=platform.url, hosts=HOSTS)
    async with stage(database_url, redis_url, door=door, data_dir=tmp_path) as house:
        row = await accepted(house, {"ref": "http://169.254.169.254/x", "content_type": "image/png"})
        await jobs(house).fetch(Attempt(1, last=False), media_id=str(row.id))
        (row,) = await house.rows("select * from media")
    assert (row.status, row.reason) == ("refused", "The file's address is not one of its platform.")


async def test_44_files_alone_are_acknowledged_once_and_all_stand_in_the_thread(
    database_url: str, redis_url: str, tmp_path: Path, platform: FilePlatform
) -> None:
    door = FileDoor(base=platform.url, hosts=(platform.host,))
    async with stage(database_url, redis_url, door=door, data_dir=tmp_path) as house:
        for number in range(5):
            await house.receive(kind="media", media=[{"ref": f"/{number}", "content_type": "image/png"}])
        await house.lanes.work(await house.customer())
        thread = await house.thread()
        said = await house.out()
    assert [message.kind for message in thread if message.direction == "in"] == ["media"] * 5
    assert len(said) == 1


@pytest.mark.parametrize("kind", ["location", "unsupported", "form", "order"])
async def test_44_what_cannot_be_read_is_acknowledged_once_and_shown(
    database_url: str, redis_url: str, tmp_path: Path, kind: str
) -> None:
    async with stage(database_url, redis_url, data_dir=tmp_path) as house:
        first = await house.turn(kind=kind, text="45.1, 25.2")
        second = await house.turn(kind=kind, text="45.1, 25.2")
        kinds = [message.kind for message in await house.thread() if message.direction == "in"]
    assert (len(first), second, kinds) == (1, [], [kind, kind])


@pytest.mark.parametrize("kind", ["reaction", "edit", "revoke", "system"])
async def test_44_what_says_nothing_is_shown_and_not_answered(
    database_url: str, redis_url: str, tmp_path: Path, kind: str
) -> None:
    async with stage(database_url, redis_url, data_dir=tmp_path) as house:
        assert await house.turn(kind=kind, text="x") == []
        assert [message.kind for message in await house.thread()] == [kind]


async def accepted(house: Stage, item: dict[str, str]) -> Any:
    await house.receive(kind="media", media=[item])
    (row,) = await house.rows("select * from media")
    return row


def jobs(house: Stage) -> MediaJobs:
    made = house.house
    return MediaJobs(made.engines.senders, made.connectors, made.library, made.fetcher, made.fanout, 365)
