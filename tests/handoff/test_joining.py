"""Who is who, at the desk: supervisors link, undo and decide; everybody reads why; all of it is audited."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from sqlalchemy import text

from onethread.app import House
from onethread.identity.linking import propose_link
from onethread.identity.merging import carry_out_link
from onethread.ids import AddressId, CustomerId, LinkId
from tests.handoff.people import Person, add_customer, add_person
from tests.web.house import Site


async def rows(house: House, query: str, **values: object) -> list[tuple[object, ...]]:
    async with house.engines.web.connect() as conn:
        return [tuple(row) for row in await conn.execute(text(query), values)]


async def named(house: House, name: str, phone: str | None = None) -> CustomerId:
    customer = await add_customer(house)
    async with house.engines.web.begin() as conn:
        await conn.execute(
            text("update addresses set display_name = :name, phone = :phone where customer_id = :c"),
            {"name": name, "phone": phone, "c": customer},
        )
    return customer


async def proposed(house: House, one: CustomerId, other: CustomerId) -> LinkId:
    ids = [
        AddressId(UUID(str(found)))
        for customer in (one, other)
        for ((found,),) in [await rows(house, "select id from addresses where customer_id = :c", c=customer)]
    ]
    async with house.engines.web.begin() as conn:
        return await propose_link(conn, ids[0], ids[1], trust="attested", evidence="phone")


@pytest.fixture
async def supervisor(site: Site, house: House) -> AsyncIterator[Person]:
    async with Person(site.url) as person:
        await person.sign_in(await add_person(house, "Sofia", role="supervisor"))
        yield person


async def test_a_supervisor_finds_somebody_by_number_or_name_and_links_them(
    house: House, supervisor: Person
) -> None:
    one, other = await named(house, "Ana Pop"), await named(house, "Ana P.", "+15551237788")
    await named(house, "Ben")
    for wanted in ("7788", "+1 555 123 77 88", "ana p."):
        page = (await supervisor.http.get(f"/desk/c/{one}", params={"find": wanted})).text
        assert f'value="{other}"' in page, wanted
        assert ">Ben<" not in page.partition("Link with another customer")[2]
    assert (await supervisor.press(one, "link", other=str(other))).status_code == 200
    ((link_id, trust, evidence),) = await rows(house, "select id, trust, evidence from links")
    assert (trust, evidence) == ("proved", "desk")
    await carry_out_link(house.engines.senders, LinkId(UUID(str(link_id))))
    young = await supervisor.http.get(f"/desk/c/{other}", follow_redirects=False)
    assert young.headers["location"].startswith(f"/desk/c/{one}")
    page = (await supervisor.http.get(f"/desk/c/{one}")).text
    assert "Decided at the desk (proved)" in page
    assert await rows(house, "select action from audit where action in ('link', 'unlink')") == [("link",)]


async def test_a_link_is_undone_with_a_reason(house: House, supervisor: Person) -> None:
    one, other = await named(house, "Ana"), await named(house, "Ben")
    await supervisor.press(one, "link", other=str(other))
    ((link_id,),) = await rows(house, "select id from links")
    await carry_out_link(house.engines.senders, LinkId(UUID(str(link_id))))
    assert (await supervisor.press(one, "unlink", link=str(link_id), reason="two sisters")).status_code == 200
    jobs = await rows(
        house, "select args->>'reason' from procrastinate_jobs where task_name = 'identity.undo'"
    )
    assert jobs == [("two sisters",)]
    assert ("unlink",) in await rows(house, "select action from audit")


@pytest.mark.parametrize(("act", "status"), [("accept-link", "asked"), ("refuse-link", "refused")])
async def test_a_proposal_is_shown_and_decided_once(
    house: House, supervisor: Person, act: str, status: str
) -> None:
    one, other = await named(house, "Ana"), await named(house, "Ben")
    link = await proposed(house, one, other)
    page = (await supervisor.http.get(f"/desk/c/{one}")).text
    assert "1 to decide" in page
    assert "Both platforms attest the same phone number (attested)" in page
    assert (await supervisor.press(one, act, link=str(link))).status_code == 200
    assert await rows(house, "select status from links") == [(status,)]
    assert (await supervisor.press(one, act, link=str(link))).status_code == 409


async def test_an_agent_reads_why_and_decides_nothing(site: Site, house: House) -> None:
    one, other = await named(house, "Ana"), await named(house, "Ben")
    link = await proposed(house, one, other)
    async with Person(site.url) as person:
        await person.sign_in(await add_person(house, "Anna"))
        page = (await person.http.get(f"/desk/c/{one}", params={"find": "Ben"})).text
        assert "Both platforms attest" in page
        assert "Link with another customer" not in page
        assert "accept-link" not in page
        for act, fields in (
            ("link", {"other": str(other)}),
            ("unlink", {"link": str(link), "reason": "no"}),
            ("accept-link", {"link": str(link)}),
            ("refuse-link", {"link": str(link)}),
        ):
            assert (await person.press(one, act, **fields)).status_code == 409
    assert await rows(house, "select status from links") == [("proposed",)]


async def test_a_page_of_another_site_links_nobody(house: House, supervisor: Person, site: Site) -> None:
    one, other = await named(house, "Ana"), await named(house, "Ben")
    for headers, fields in (
        ({"origin": "https://evil.example"}, {"csrf": "x", "other": str(other)}),
        ({"origin": site.url}, {"csrf": "x", "other": str(other)}),
    ):
        answer = await supervisor.http.post(f"/desk/c/{one}/link", headers=headers, data=fields)
        assert answer.status_code == 403
    assert await rows(house, "select 1 from links") == []


@pytest.mark.parametrize("other", ["", "nobody", str(UUID(int=7))])
async def test_nobody_is_linked_with_nobody(house: House, supervisor: Person, other: str) -> None:
    one = await named(house, "Ana")
    assert (await supervisor.press(one, "link", other=other)).status_code == 409
    assert (await supervisor.press(one, "link", other=str(one))).status_code == 409
    assert await rows(house, "select 1 from links") == []


async def test_a_link_of_other_people_is_not_decided_here(house: House, supervisor: Person) -> None:
    one, other, third = [await named(house, name) for name in ("Ana", "Ben", "Cleo")]
    link = await proposed(house, one, other)
    assert (await supervisor.press(third, "accept-link", link=str(link))).status_code == 409
    assert await rows(house, "select status from links") == [("proposed",)]


@pytest.mark.parametrize("wanted", ["%", "_", "12", "a", "\\", "'; drop table links; --"])
async def test_a_search_for_next_to_nothing_finds_nobody(
    house: House, supervisor: Person, wanted: str
) -> None:
    one = await named(house, "Ana")
    await named(house, "Ben", "+15551237788")
    page = (await supervisor.http.get(f"/desk/c/{one}", params={"find": wanted})).text
    assert "Nobody of that number or name" in page
