"""What platforms say of an account is seen at the desk, and only there."""

from __future__ import annotations

from connectors.contract import AccountNotice
from onethread.app import House
from onethread.ingress.accept import accept_events
from onethread.storage import stops
from tests.handoff.people import Person, add_person
from tests.web.house import Site


async def test_notices_are_shown_to_people_who_are_signed_in(site: Site, house: House) -> None:
    events = [
        AccountNotice("n1", "message_template_status_update", "REJECTED, <b>abandoned cart</b>"),
        AccountNotice("n2", "unreadable", error="a text without a body"),
    ]
    await accept_events(house.engines.web, house.vault, "whatsapp_cloud", "default", events, raw=b"{}")
    async with Person(site.url) as person:
        assert (await person.http.get("/desk/notices")).status_code == 302
        await person.sign_in(await add_person(house, "Anna", "viewer"))
        page = (await person.http.get("/desk/notices")).text
    assert "message_template_status_update" in page
    assert "REJECTED, &lt;b&gt;abandoned cart" in page
    assert "a text without a body" in page


async def test_a_stopped_account_stands_above_the_list_until_it_works_again(site: Site, house: House) -> None:
    account = ("whatsapp_cloud", "default")
    async with Person(site.url) as person:
        await person.sign_in(await add_person(house, "Anna"))
        async with house.engines.web.begin() as conn:
            await stops.stop(conn, account, 300.0)
        for path in ("/desk", "/desk/fragments/list"):
            page = (await person.http.get(path, follow_redirects=True)).text
            assert "Nothing can be sent through whatsapp_cloud/default" in page
        async with house.engines.web.begin() as conn:
            await stops.lift(conn, account)
        assert "Nothing can be sent" not in (await person.http.get("/desk/fragments/list")).text
