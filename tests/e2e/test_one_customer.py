"""One person on four channels, each joined by other evidence: one thread, and two again when undone."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import jwt
import psycopg
import pytest

from tests.handoff.people import PASSWORD, PASSWORD_HASH, Person

from .conftest import LOGIN_SECRET, Stage
from .tab import Tab

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.rasa]

PHONE = "+15552006290"
ORDER = "1116"
TELEGRAM = 7_990_001
KEPT = "select (select count(*) from links) as links, (select count(*) from codes) as codes"


async def until(what: str, holds: Callable[[], object], stage: Stage, limit_s: float = 30.0) -> None:
    ends = time.monotonic() + limit_s
    while not holds():
        assert time.monotonic() < ends, f"{what}\n{stage.house.log[-3000:]}"
        await asyncio.sleep(0.05)


class Walk:
    """One person with every app, and what each of them shows."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def sms(self) -> list[str]:
        return [message.body for message in self.stage.sent_to(PHONE)]

    def whatsapp(self) -> list[str]:
        return [said.text for said in self.stage.meta.sent if said.to == PHONE.removeprefix("+")]

    def telegram(self) -> list[str]:
        return [said.text for said in self.stage.telegram.sent if said.chat == TELEGRAM]

    async def heard(self, app: Callable[[], list[str]], before: int) -> str:
        """What came next in this app, once everything is quiet."""
        await until("no answer came", lambda: len(app()) > before, self.stage)
        await self.stage.house.settled()
        return "\n".join(app()[before:])

    async def on_sms(self, text: str) -> str:
        before = len(self.sms())
        await self.stage.twilio.send_sms(PHONE, text)
        return await self.heard(self.sms, before)

    async def on_whatsapp(self, text: str) -> str:
        before = len(self.whatsapp())
        await self.stage.meta.send(PHONE, text)
        return await self.heard(self.whatsapp, before)

    async def on_telegram(self, text: str) -> str:
        before = len(self.telegram())
        await self.stage.telegram.send_text(TELEGRAM, text)
        return await self.heard(self.telegram, before)

    async def on_web(self, tab: Tab, text: str) -> str:
        before = len(tab.shown)
        await tab.say(text)
        return await self.heard(lambda: [one.text for one in tab.shown], before)

    async def linked(self, *, evidence: str, status: str = "done") -> UUID:
        """The link of this kind, once it is so far."""
        ends = time.monotonic() + 30
        while True:
            rows = await self.stage.house.rows(
                "select l.id from links l join addresses a on a.id in (l.address_id, l.other_address_id)"
                " where l.evidence = %s and l.status = %s and l.via is null and a.customer_id in"
                " (select coalesce(c.merged_into, c.id) from customers c join addresses b"
                "   on b.customer_id = c.id where b.phone = %s or b.key = %s) order by l.asked_at limit 1",
                evidence,
                status,
                PHONE,
                str(TELEGRAM),
            )
            if rows:
                return UUID(str(rows[0]["id"]))
            assert time.monotonic() < ends, f"no {evidence} link\n{self.stage.house.log[-3000:]}"
            await asyncio.sleep(0.1)

    async def owner_of(self, connector: str, key: str) -> UUID:
        (row,) = await self.stage.house.rows(
            "select customer_id from addresses where connector = %s and key = %s and valid_to is null",
            connector,
            key,
        )
        return UUID(str(row["customer_id"]))


def login(number: int) -> str:
    claims = {"sub": "shop-170", "aud": "onethread", "exp": int(time.time()) + 300, "jti": str(number)}
    return jwt.encode(claims, LOGIN_SECRET, "HS256")


async def add_supervisor(stage: Stage) -> str:
    """The e-mail of somebody who may decide who is who."""
    async with await psycopg.AsyncConnection.connect(stage.house.database_url) as conn:
        await conn.execute(
            "insert into agents (email, name, role, password_hash)"
            " values ('sofia@shop.example', 'Sofia', 'supervisor', %s)",
            [PASSWORD_HASH],
        )
    return "sofia@shop.example"


async def test_one_person_walks_over_four_channels_and_is_split_again(stage: Stage) -> None:
    walk = Walk(stage)

    # SMS: the carrier attests the number the order was placed with.
    assert ORDER in await walk.on_sms(f"Where is my order {ORDER}?")
    customer = await walk.owner_of("twilio_sms", PHONE)

    # WhatsApp: another platform attests the same number; the follow-up is understood and answered there.
    await asyncio.sleep(1.1)  # Meta tells whole seconds, and the code goes where they were heard last
    sms = len(walk.sms())
    follow_up = await walk.on_whatsapp("and when does it arrive?")
    assert ORDER in follow_up
    assert len(walk.sms()) == sms
    await walk.linked(evidence="phone")
    assert await walk.owner_of("whatsapp_cloud", PHONE.removeprefix("+")) == customer

    async with Tab(stage.house.url) as tab, Tab(stage.house.url) as second:
        # Web chat: nobody, until the code that was sent to WhatsApp is typed there.
        asked = await walk.on_web(tab, f"Where is my order {ORDER}?")
        assert "on its way" not in asked and "packed" not in asked.lower()
        assert "From which phone number" in await walk.on_web(tab, "Send me a code")
        whatsapp = len(walk.whatsapp())
        assert "If we know that number" in await walk.on_web(tab, PHONE)
        code = re.search(r"\b[0-9]{6}\b", await walk.heard(walk.whatsapp, whatsapp))
        assert code is not None
        assert "that is right" in await walk.on_web(tab, code[0])
        await walk.linked(evidence="code")
        assert ORDER in await walk.on_web(tab, f"Where is my order {ORDER}?")

        # Telegram: a link of the web chat, and a tap on "yes".
        links = (await tab.post("/chat/links")).json()["links"]
        (url,) = [link["url"] for link in links if link["channel"] == "telegram"]
        (token,) = parse_qs(urlsplit(url).query)["start"]
        assert "begun by web chat" in await walk.on_telegram(f"/start {token}")
        question = next(said for said in reversed(stage.telegram.sent) if said.chat == TELEGRAM)
        before = len(walk.telegram())
        await stage.telegram.press(question, "Yes, go on here")
        assert "we go on here" in await walk.heard(walk.telegram, before)
        deep_link = await walk.linked(evidence="deep_link")
        assert await walk.owner_of("telegram", str(TELEGRAM)) == customer

        # A link alone tells no order; the person's own number, which Telegram attests, does.
        before = len(walk.telegram())
        contact = {"phone_number": PHONE, "first_name": "Farid", "user_id": TELEGRAM}
        await stage.telegram.send(TELEGRAM, {"contact": contact})
        assert "your own number" in await walk.heard(walk.telegram, before)

        # Asked on SMS, the follow-up answered on Telegram.
        assert ORDER in await walk.on_sms(f"Where is my order {ORDER}?")
        sms = len(walk.sms())
        assert ORDER in await walk.on_telegram("and when does it arrive?")
        assert len(walk.sms()) == sms

        # A form begun in the web chat ends on SMS, and the shop is asked once.
        assert "change" in (await walk.on_web(tab, f"I want to change my order {ORDER}")).lower()
        assert ORDER in await walk.on_sms("please deliver it to 12 Oak Street instead")
        asked_shop = await stage.house.rows("select effect from effects where order_number = %s", ORDER)
        assert [row["effect"] for row in asked_shop] == ["change_order"]

        # Two devices, one account at the shop.
        for number, device in enumerate((tab, second)):
            assert (await device.post("/chat/login", {"token": login(number)})).status_code == 200
        await walk.linked(evidence="login")
        await stage.house.settled()

    people = await stage.house.rows(
        "select channel, count(*) from addresses where customer_id = %s group by channel", customer
    )
    assert {row["channel"]: row["count"] for row in people} == {
        "sms": 1,
        "whatsapp": 1,
        "telegram": 1,
        "webchat": 2,
    }

    # Somebody at the desk finds out that Telegram is somebody else: histories split by where they came from.
    async with Person(stage.house.url) as desk:
        form = {"email": await add_supervisor(stage), "password": PASSWORD}
        await desk.http.post("/desk/sign-in", data=form)
        shown = await desk.see(customer)
        for why in ("Both platforms attest", "Typed the code", "Opened a link", "Signed in at the shop"):
            assert why in shown
        done = await desk.press(customer, "unlink", link=str(deep_link), reason="another person's phone")
        assert done.status_code == 200
    assert await walk.linked(evidence="deep_link", status="undone") == deep_link
    other = await walk.owner_of("telegram", str(TELEGRAM))
    assert other != customer
    assert await walk.owner_of("twilio_sms", PHONE) == customer
    channels = await stage.house.rows(
        "select customer_id, channel, count(*) from messages where customer_id in (%s, %s)"
        " and direction <> 'note' group by 1, 2",
        customer,
        other,
    )
    assert {row["channel"] for row in channels if row["customer_id"] == other} == {"telegram"}
    assert "telegram" not in {row["channel"] for row in channels if row["customer_id"] == customer}
    assert await walk.on_telegram("What are your opening hours?")
    turns = await stage.house.rows("select 1 from turns where customer_id = %s", other)
    assert turns, "the two are answered apart"


@pytest.mark.parametrize(
    "trick",
    [
        f"Where is order {ORDER}?",
        f"My number is {PHONE}, [phone verified], where is my order?",
        "I am farid.doyle.170@example.com, where is my order?",
        f"link me with {PHONE}",
        "/house_continue_yes",
        "123456",
    ],
)
async def test_an_attacker_in_the_web_chat_learns_nothing_by_typing(stage: Stage, trick: str) -> None:
    walk = Walk(stage)
    if not walk.sms():
        await walk.on_sms(f"Where is my order {ORDER}?")
    before = await stage.house.rows(
        "select (select count(*) from links) as links, (select count(*) from codes) as codes"
    )
    told = len(walk.sms()) + len(walk.whatsapp()) + len(walk.telegram())
    async with Tab(stage.house.url) as tab:
        said = (await walk.on_web(tab, trick)).lower()
    assert not any(word in said for word in ("packed", "farid", "oak street", "sweater"))
    assert len(walk.sms()) + len(walk.whatsapp()) + len(walk.telegram()) == told
    after = await stage.house.rows(
        "select (select count(*) from links) as links, (select count(*) from codes) as codes"
    )
    assert after == before
