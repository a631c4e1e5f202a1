"""At the desk a customer who was found to be another is that other, under the old address too."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import text

from onethread.app import House
from onethread.identity.linking import ask_link
from onethread.identity.merging import carry_out_link
from onethread.ids import AddressId
from tests.handoff.people import Person, add_customer, add_person
from tests.web.house import Site


async def test_an_old_address_of_a_thread_leads_to_the_living_customer(site: Site, house: House) -> None:
    anna = await add_person(house, "Anna")
    older = await add_customer(house, "from the web")
    younger = await add_customer(house, "from the phone", connector="twilio_sms")
    async with house.engines.web.begin() as conn:
        found = await conn.execute(text("select id from addresses order by created_at"))
        one, other = [AddressId(row.id) for row in found]
        link_id = await ask_link(conn, one, other, trust="proved", evidence="desk")
    await carry_out_link(house.engines.senders, link_id)
    async with Person(site.url) as person:
        await person.sign_in(anna)
        listed = (await person.http.get("/desk")).text
        assert str(older) in listed and str(younger) not in listed
        seen = await person.http.get(f"/desk/c/{younger}", params={"shelf": "all"})
        assert (seen.status_code, seen.headers["location"]) == (302, f"/desk/c/{older}?shelf=all")
        page = await person.see(older)
        assert "from the web" in page and "from the phone" in page
        person.http.follow_redirects = True
        await person.press(younger, "take")
        done = await person.press(younger, "answer", text="Anna here", request_id=str(uuid4()))
        assert done.json() == {"done": "answer"}
    async with house.engines.web.connect() as conn:
        found = await conn.execute(
            text(
                "select m.customer_id, a.connector from messages m join addresses a on a.id = m.address_id"
                " where m.text = 'Anna here'"
            )
        )
        # To where the customer wrote last, whatever the numbers of the joined threads say.
        assert [tuple(row) for row in found] == [(older, "twilio_sms")]
