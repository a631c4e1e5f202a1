"""Files at the desk: shown where safe, saved otherwise, seen by whom it may be, attached and sent once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from onethread.app import House
from onethread.ids import CustomerId
from onethread.media.links import Links
from onethread.storage import media
from onethread.storage.outbox import part_from_json
from tests.handoff.people import Person, add_customer, add_person
from tests.media.files import HTML, JPEG, MP4, PDF, PNG, SVG, streamed
from tests.web.house import Site


async def add_file(house: House, customer: CustomerId, body: bytes, name: str = "") -> UUID:
    """A stored file in the thread of a customer."""
    media_id = uuid4()
    async with house.library.receive(streamed(body)) as received:
        await house.library.keep(media_id, received)
    found = media.Stored(received.content_type, received.size, received.sha256)
    async with house.engines.web.begin() as conn:
        await media.add_upload(
            conn, media_id, found, connector="webchat", account="default", address_key="x", file_name=name
        )
        await conn.execute(
            text("update media set customer_id = :customer where id = :id"),
            {"customer": customer, "id": media_id},
        )
    return media_id


@pytest.fixture
async def anna(house: House, site: Site) -> AsyncIterator[Person]:
    async with Person(site.url) as person:
        await person.sign_in(await add_person(house, "Anna"))
        yield person


async def attach(person: Person, body: bytes, name: str = "a.png") -> tuple[int, dict[str, str]]:
    answer = await person.http.post(
        "/desk/files", content=body, headers={"x-csrf": await person.csrf(), "x-file-name": name}
    )
    return answer.status_code, answer.json()


@pytest.mark.parametrize(
    ("body", "content_type", "shown"),
    [
        (PNG, "image/png", "inline"),
        (MP4, "video/mp4", "inline"),
        (PDF, "application/pdf", "attachment"),
        (SVG, "application/octet-stream", "attachment"),
        (HTML, "application/octet-stream", "attachment"),
    ],
    ids=["png", "mp4", "pdf", "svg", "html"],
)
async def test_only_pictures_sound_and_film_are_shown(
    house: House, anna: Person, body: bytes, content_type: str, shown: str
) -> None:
    media_id = await add_file(house, await add_customer(house), body)
    answer = await anna.http.get(f"/desk/media/{media_id}")
    assert answer.status_code == 200
    assert answer.content == body
    assert answer.headers["content-type"] == content_type
    assert answer.headers["content-disposition"].startswith(f"{shown};")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


async def test_a_part_of_a_film_can_be_asked_for(house: House, anna: Person) -> None:
    media_id = await add_file(house, await add_customer(house), MP4)
    answer = await anna.http.get(f"/desk/media/{media_id}", headers={"range": "bytes=4-11"})
    assert (answer.status_code, answer.content) == (206, MP4[4:12])
    assert answer.headers["content-range"] == f"bytes 4-11/{len(MP4)}"
    beyond = await anna.http.get(f"/desk/media/{media_id}", headers={"range": "bytes=999999-"})
    assert beyond.status_code == 416


async def test_nobody_sees_a_file_without_signing_in(house: House, site: Site) -> None:
    media_id = await add_file(house, await add_customer(house), PNG)
    async with Person(site.url) as stranger:
        answer = await stranger.http.get(f"/desk/media/{media_id}")
    assert answer.status_code == 302
    assert PNG not in answer.content


async def test_who_looked_at_a_file_is_in_the_audit_once(house: House, anna: Person) -> None:
    customer = await add_customer(house)
    media_id = await add_file(house, customer, PNG)
    for _ in range(3):
        await anna.http.get(f"/desk/media/{media_id}")
    async with house.engines.web.connect() as conn:
        found = await conn.execute(text("select customer_id, detail from audit where action = 'media.read'"))
        assert [(row.customer_id, row.detail) for row in found] == [(customer, {"media_id": str(media_id)})]


async def test_a_file_goes_out_with_an_answer_as_a_link_that_needs_no_session(
    house: House, site: Site, anna: Person
) -> None:
    customer = await add_customer(house, connector="twilio_sms")
    await anna.press(customer, "take")
    status, told = await attach(anna, JPEG, "Bild%20%E2%82%AC.jpg")
    assert (status, told["name"]) == (201, "Bild €.jpg")
    request_id = str(uuid4())
    for _ in range(2):  # pressed twice
        done = await anna.press(customer, "answer", text="Like this?", file=told["id"], request_id=request_id)
        assert done.status_code == 200, done.text
    async with house.engines.web.connect() as conn:
        (row,) = await conn.execute(text("select part from outbox where purpose = 'agent'"))
    part = part_from_json(row.part)
    link = next(
        word for word in [*part.text.split(), *(item.ref for item in part.media)] if "/media/" in word
    )
    async with Person(site.url) as platform:
        fetched = await platform.http.get(link)
        headed = await platform.http.head(link)
    assert fetched.content == JPEG
    assert headed.headers["content-length"] == str(len(JPEG))
    page = await anna.see(customer)
    assert f'src="/desk/media/{told["id"]}"' in page
    assert "Bild €.jpg" in page


async def test_a_picture_may_go_out_without_a_word(house: House, anna: Person) -> None:
    customer = await add_customer(house)
    await anna.press(customer, "take")
    _, told = await attach(anna, PNG)
    done = await anna.press(customer, "answer", text=" ", file=told["id"])
    assert done.status_code == 200


async def test_only_who_attached_a_file_sends_it_and_once(house: House, site: Site, anna: Person) -> None:
    customer = await add_customer(house)
    _, told = await attach(anna, PNG)
    async with Person(site.url) as boris:
        await boris.sign_in(await add_person(house, "Boris"))
        assert (await boris.http.get(f"/desk/media/{told['id']}")).status_code == 404
        await boris.press(customer, "take")
        refused = await boris.press(customer, "answer", text="x", file=told["id"])
    assert (refused.status_code, refused.json()["error"]) == (
        409,
        "A file is not there any more. Attach it again.",
    )
    async with house.engines.web.connect() as conn:
        assert (await conn.execute(text("select count(*) from outbox where purpose = 'agent'"))).scalar() == 0


async def test_what_is_too_large_or_of_a_wrong_kind_is_refused_in_words(
    house: House, anna: Person, tmp_path: Path
) -> None:
    assert await attach(anna, b"MZ\x90\x00" + bytes(60), "setup.png") == (
        415,
        {"error": "Files of this kind are not accepted."},
    )
    assert await attach(anna, b"") == (415, {"error": "The file is empty."})
    assert [path for path in (tmp_path / "media").rglob("*") if path.is_file()] == []


async def test_a_viewer_attaches_nothing_and_a_foreign_page_neither(house: House, site: Site) -> None:
    async with Person(site.url) as vera:
        await vera.sign_in(await add_person(house, "Vera", "viewer"))
        assert (await attach(vera, PNG))[0] == 403
        foreign = await vera.http.post("/desk/files", content=PNG, headers={"x-csrf": "wrong"})
        assert foreign.status_code == 403


async def test_a_link_opens_one_file_until_it_expires(house: House, site: Site) -> None:
    media_id = await add_file(house, await add_customer(house), PNG)
    other = await add_file(house, await add_customer(house), PDF)
    link = house.links.url(media_id)
    stale = Links("s" * 40, site.url).url(media_id)
    async with Person(site.url) as anybody:
        assert (await anybody.http.get(link)).content == PNG
        for wrong in (
            link.replace(str(media_id), str(other)),
            link[:-1] + ("A" if link[-1] != "A" else "B"),
            link.replace("?e=", "?e=1"),
            house.links.url(media_id, lives_s=-1),
            stale,
            f"/media/{media_id}",
        ):
            assert (await anybody.http.get(wrong)).status_code == 404, wrong
