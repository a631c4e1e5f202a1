"""Signing in: passwords, forms of other sites, sessions that end, links that work once."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from sqlalchemy import text

from onethread.app import House
from onethread.handoff.onboarding import make_first_admin_link, make_link
from onethread.handoff.signing import safe_next
from onethread.storage import agents
from tests.handoff.people import PASSWORD, Person, add_customer, add_person
from tests.web.house import Site


async def test_the_desk_is_closed_to_strangers(site: Site, house: House) -> None:
    customer = await add_customer(house)
    async with httpx.AsyncClient(base_url=site.url) as http:
        for path in ("/desk", f"/desk/c/{customer}"):
            answer = await http.get(path)
            assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (
                302,
                "/desk/sign-in",
            )
        for path in ("/desk/fragments/list", f"/desk/fragments/thread/{customer}"):
            answer = await http.get(path, headers={"x-fragment": "yes"})
            assert answer.status_code == 401 and "I need a person" not in answer.text
        answer = await http.post(f"/desk/c/{customer}/take", headers={"origin": site.url})
        assert answer.status_code == 401


async def test_signing_in_sets_a_cookie_scripts_cannot_read(site: Site, house: House) -> None:
    anna = await add_person(house, "Anna")
    async with Person(site.url) as person:
        answer = await person.sign_in(anna)
        assert answer.status_code == 303
        assert "HttpOnly" in answer.headers["set-cookie"] and "SameSite=Lax" in answer.headers["set-cookie"]
        assert (await person.http.get("/desk")).status_code == 200


async def test_a_wrong_password_and_nobody_get_the_same_answer(site: Site, house: House) -> None:
    anna = await add_person(house, "Anna")
    async with Person(site.url) as person:
        wrong = await person.sign_in(anna, "wrong wrong wrong")
        nobody = await person.http.post(
            "/desk/sign-in", data={"email": "nobody@shop.example", "password": PASSWORD}
        )
    assert wrong.status_code == nobody.status_code == 403
    assert wrong.text.replace(anna.email, "") == nobody.text.replace("nobody@shop.example", "")


async def test_guessing_is_slowed_down_even_for_the_right_password(site: Site, house: House) -> None:
    anna = await add_person(house, "Anna")
    async with Person(site.url) as person:
        statuses = [(await person.sign_in(anna, f"guess {n} guess")).status_code for n in range(6)]
        assert statuses == [403] * 5 + [429]
        assert (await person.sign_in(anna)).status_code == 429


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
async def test_a_form_of_another_site_is_refused(site: Site, house: House, origin: str) -> None:
    anna, customer = await add_person(house, "Anna"), await add_customer(house)
    async with Person(site.url) as person:
        await person.sign_in(anna)
        answer = await person.http.post(
            f"/desk/c/{customer}/take", data={"csrf": await person.csrf()}, headers={"origin": origin}
        )
    assert answer.status_code == 403


@pytest.mark.parametrize("csrf", ["", "x" * 32, "ü"])
async def test_a_form_without_its_secret_word_is_refused(site: Site, house: House, csrf: str) -> None:
    anna, customer = await add_person(house, "Anna"), await add_customer(house)
    async with Person(site.url) as person:
        await person.sign_in(anna)
        assert (await person.press(customer, "take", csrf=csrf)).status_code == 403


@pytest.mark.parametrize(
    "aged",
    [
        "update agent_sessions set last_seen_at = now() - interval '3 hours'",
        "update agent_sessions set expires_at = now() - interval '1 second'",
        "update agents set active = false",
    ],
)
async def test_a_session_ends(site: Site, house: House, aged: str) -> None:
    anna = await add_person(house, "Anna")
    async with Person(site.url) as person:
        await person.sign_in(anna)
        async with house.engines.web.begin() as conn:
            await conn.execute(text(aged))
        assert (await person.http.get("/desk")).status_code == 302


async def test_signing_out_everywhere_ends_every_browser(site: Site, house: House) -> None:
    anna = await add_person(house, "Anna")
    async with Person(site.url) as here, Person(site.url) as there:
        await here.sign_in(anna)
        await there.sign_in(anna)
        await here.http.post("/desk/sign-out-everywhere", data={"csrf": await here.csrf()})
        assert (await there.http.get("/desk")).status_code == 302


async def test_the_first_link_makes_one_administrator_once(site: Site, house: House) -> None:
    link = await make_first_admin_link(house.engines.web, site.url)
    assert link is not None
    form = {"name": "Ada", "email": "Ada@Shop.example", "password": "long enough to be good"}
    async with Person(site.url) as one, Person(site.url) as two:
        answers = await asyncio.gather(one.http.post(link, data=form), two.http.post(link, data=form))
        assert sorted(answer.status_code for answer in answers) == [303, 404]
        assert (await one.http.get(link)).status_code == 404
    async with house.engines.web.connect() as conn:
        people = await agents.list_agents(conn)
    assert [(p.email, p.role) for p in people] == [("ada@shop.example", "admin")]
    assert await make_first_admin_link(house.engines.web, site.url) is None


async def test_a_short_password_leaves_the_link_working(site: Site, house: House) -> None:
    link = await make_first_admin_link(house.engines.web, site.url)
    assert link is not None
    async with Person(site.url) as person:
        answer = await person.http.post(link, data={"name": "A", "email": "a@b.example", "password": "short"})
        assert answer.status_code == 400 and "12 to 200" in answer.text
        assert (await person.http.get(link)).status_code == 200


async def test_a_reset_ends_the_old_sessions(site: Site, house: House) -> None:
    anna = await add_person(house, "Anna")
    async with house.engines.web.begin() as conn:
        link = await make_link(conn, site.url, anna.id)
    async with Person(site.url) as old, Person(site.url) as new:
        await old.sign_in(anna)
        await new.http.post(link, data={"password": "a new long password"})
        assert (await old.http.get("/desk")).status_code == 302
        assert (await new.http.get("/desk")).status_code == 200


@pytest.mark.parametrize("wanted", ["https://evil.example", "//evil.example", "/desk/../x", "", "/chat"])
def test_after_signing_in_only_a_desk_page_comes_next(wanted: str) -> None:
    assert safe_next(wanted) == "/desk"
