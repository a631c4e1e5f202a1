"""A file that a platform cannot fetch, or does not take: its link is said instead, once."""

from __future__ import annotations

import pytest

from connectors.contract import MediaRef, OutboundMessage, Part, Span
from onethread.egress.files import linked
from onethread.storage import outbox

from .offices import Office, open_office

LINK = "https://shop.example/media/1?e=2&s=3"
PHOTO = MediaRef(LINK, "image/jpeg", file_name="lamp.jpg")
STATES = "select status, attempts, part->'media' from outbox order by id"


async def send_photo(office: Office, caption: str = "Is it this lamp?") -> None:
    customer, address = await office.customer(1)
    async with office.engines.web.begin() as conn:
        await outbox.enqueue(
            conn,
            customer_id=customer,
            address_id=address,
            message_id=None,
            turn_id=None,
            purpose="agent",
            parts=office.door.render(OutboundMessage(caption, media=(PHOTO,))),
        )


async def test_telegram_says_the_link_of_a_file_it_cannot_fetch(database_url: str) -> None:
    async with open_office("telegram", database_url) as office:
        office.fake.unfetchable.add(LINK)
        await send_photo(office)
        await office.say(1, "And here is the receipt.")
        async with office.sending():
            await office.until(sent=2)
        assert office.bodies() == [f"Is it this lamp?\n{LINK}", "And here is the receipt."]


@pytest.mark.parametrize(("door", "code"), [("whatsapp_cloud", 131053), ("twilio_whatsapp", 63019)])
async def test_a_file_refused_at_once_goes_as_a_link(door: str, code: int, database_url: str) -> None:
    async with open_office(door, database_url) as office:
        office.fake.faults.add("error", code=code)
        await send_photo(office)
        async with office.sending():
            await office.until(read=1)
        assert office.bodies() == [f"Is it this lamp?\n{LINK}"]


@pytest.mark.parametrize(("door", "code"), [("whatsapp_cloud", 131053), ("twilio_whatsapp", 63019)])
async def test_a_file_refused_in_a_receipt_goes_as_a_link(door: str, code: int, database_url: str) -> None:
    """WhatsApp fetches files after it took the message, so that most are refused this way."""
    async with open_office(door, database_url) as office:
        office.fake.faults.add("undelivered", code=code)
        await send_photo(office)
        async with office.sending():
            await office.until(read=1)
        assert office.bodies() == ["Is it this lamp?", f"Is it this lamp?\n{LINK}"]


async def test_a_link_that_is_refused_as_well_is_the_end_of_it(database_url: str) -> None:
    async with open_office("whatsapp_cloud", database_url) as office:
        office.fake.faults.add("error", code=131053, times=5)
        await send_photo(office)
        async with office.sending():
            await office.see(STATES, ("failed", 2, []))
        assert (office.bodies(), office.fake.requests) == ([], 2)


def test_a_file_without_a_caption_is_its_link_alone() -> None:
    assert linked(Part("", media=(PHOTO,))) == Part(LINK)


def test_what_is_bold_in_a_caption_stays_bold() -> None:
    bold = Span(0, 2)
    assert linked(Part("It is this", media=(PHOTO,), spans=(bold,))).spans == (bold,)
