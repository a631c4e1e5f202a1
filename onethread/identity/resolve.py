"""Step 2: finds, or makes, the customer behind an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from connectors.contract import Connector
from onethread.identity.linking import ask_link, propose_link
from onethread.identity.phones import variants
from onethread.ids import AddressId, CustomerId
from onethread.storage import names
from onethread.storage.addresses import (
    KnownAddress,
    NewAddress,
    add_address,
    add_customer,
    find_address,
    living,
    refresh_address,
)
from onethread.storage.inbox import DueLane
from onethread.storage.links import add_link
from onethread.storage.names import Named

log = structlog.get_logger()

PhoneLinks = Literal["link", "propose", "off"]
"""What an equal phone, attested by two platforms, is good for."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote, as the platform attests it; nothing that was typed."""

    connector: str
    account: str
    key: str
    channel: str
    phone: str | None
    name: str
    user_id: str

    @property
    def phones(self) -> tuple[str, ...]:
        """The phone in every spelling."""
        return variants(self.phone) if self.phone else ()


async def resolve(
    engine: AsyncEngine,
    connectors: Mapping[tuple[str, str], Connector],
    lane: DueLane,
    *,
    phone_links: PhoneLinks = "link",
) -> CustomerId:
    """The customer of this lane's address, made in one short transaction of its own when nobody knows it.

    A phone number counts only when the platform attests it: the same one at another account is, with
    `phone_links` "link", the same customer. Raises KeyError when the door is not open here.
    """
    if lane.customer_id is not None:
        return lane.customer_id
    door = connectors[lane.connector, lane.account]
    profile = lane.content.get("profile") or {}
    sender = Sender(
        lane.connector,
        lane.account,
        lane.address_key,
        door.channel.value,
        profile.get("phone") or None,
        profile.get("display_name") or "",
        profile.get("user_id") or "",
    )
    async with engine.begin() as conn:
        return await _settle(conn, sender, phone_links)


async def _settle(conn: AsyncConnection, sender: Sender, phone_links: PhoneLinks) -> CustomerId:
    place = f"{sender.connector}\x1f{sender.account}\x1f"
    same = [f"{place}{name}" for name in (sender.key, sender.user_id) if name]
    # The phone too: an SMS and a WhatsApp message of one new person at one moment make one customer.
    await names.lock_names(conn, [*same, *sender.phones[:1]])
    known = await find_address(conn, sender.connector, sender.account, sender.key)
    if known is not None:
        return known.customer_id
    if (same_person := await _known_by_another_name(conn, sender)) is not None:
        return same_person
    if sender.phone and phone_links != "off":
        linked = await names.find_phone(conn, sender.phones, beside=(sender.connector, sender.account))
        if linked is not None:
            return await _with_phone(conn, sender, linked, phone_links)
    customer_id = await add_customer(conn, display_name=sender.name)
    await add_address(conn, customer_id, _new(sender))
    return customer_id


async def _known_by_another_name(conn: AsyncConnection, sender: Sender) -> CustomerId | None:
    """The customer whom this account knows by the lasting id or the number of the sender."""
    found = await names.find_named(
        conn, sender.connector, sender.account, user_id=sender.user_id, phones=sender.phones
    )
    if found is None:
        return None
    if found.user_id and sender.user_id and found.user_id != sender.user_id:
        await _somebody_new(conn, found)
        return None
    if sender.key == sender.user_id:
        # The lasting id is the better name, and from now on the only one.
        await names.rename(conn, found.id, sender.key, phone=sender.phone, user_id=sender.user_id)
        await names.redirect(conn, sender.connector, sender.account, found.key, sender.key)
    else:
        await names.redirect(conn, sender.connector, sender.account, sender.key, found.key)
    return found.customer_id


async def _somebody_new(conn: AsyncConnection, found: Named) -> None:
    """The platform has another lasting id for this number: the carrier gave it to somebody else."""
    log.info("identity.number.recycled", address_id=str(found.id))
    if found.key == found.user_id:
        await names.drop_phone(conn, found.id)
    else:
        await names.end_address(conn, found.id)


async def _with_phone(
    conn: AsyncConnection, sender: Sender, linked: Named, phone_links: PhoneLinks
) -> CustomerId:
    """Make the address of somebody whose phone another platform attests as well."""
    if phone_links == "propose":
        customer_id = await add_customer(conn, display_name=sender.name)
        address_id = await add_address(conn, customer_id, _new(sender))
        await propose_link(conn, address_id, linked.id, trust="attested", evidence="phone")
        return customer_id
    customer_id = linked.customer_id
    while not await names.hold_customer(conn, customer_id):
        customer_id = await living(conn, customer_id)
    address_id = await add_address(conn, customer_id, _new(sender))
    await add_link(
        conn,
        address_id,
        linked.id,
        trust="attested",
        evidence="phone",
        status="done",
        detail={},
        customer_id=customer_id,
    )
    log.info("identity.address.linked", evidence="phone", channel=sender.channel)
    return customer_id


def _new(sender: Sender) -> NewAddress:
    return NewAddress(
        sender.connector,
        sender.account,
        sender.key,
        channel=sender.channel,
        phone=sender.phone,
        display_name=sender.name,
        attributes={"user_id": sender.user_id} if sender.user_id else {},
    )


async def refresh(
    conn: AsyncConnection,
    known: KnownAddress,
    content: Mapping[str, Any],
    *,
    phone_links: PhoneLinks = "link",
) -> KnownAddress:
    """Take over what the platform attests of an address with this message; who writes can be reached.

    A phone that was not known before may show that this is somebody known elsewhere; who changed their number
    or id stays who they were.
    """
    profile = content.get("profile") or {}
    phone, name = profile.get("phone") or None, profile.get("display_name") or ""
    user_id = profile.get("user_id") or ""
    attributes = {**known.attributes, **({"user_id": user_id} if user_id else {})}
    fresh = replace(
        known,
        phone=phone or known.phone,
        display_name=name or known.display_name,
        undeliverable=None,
        attributes=attributes,
    )
    if fresh != known:
        await refresh_address(
            conn, known.id, phone=fresh.phone, display_name=fresh.display_name, attributes=attributes
        )
    if fresh.phone and not known.phone and phone_links != "off":
        await link_by_phone(conn, known.id, fresh.phone, (known.connector, known.account), phone_links)
    if moved_to := content.get("moved_to"):
        return await _follow(conn, fresh, moved_to["key"], moved_to.get("phone"))
    return fresh


async def link_by_phone(
    conn: AsyncConnection,
    address_id: AddressId,
    phone: str,
    place: tuple[str, str],
    phone_links: PhoneLinks,
) -> None:
    """Ask for a link with whoever has this phone at another account; `place`: connector and account."""
    other = await names.find_phone(conn, variants(phone), beside=place)
    if other is None or phone_links == "off":
        return
    ask = ask_link if phone_links == "link" else propose_link
    await ask(conn, address_id, other.id, trust="attested", evidence="phone")


async def _follow(conn: AsyncConnection, known: KnownAddress, key: str, phone: str | None) -> KnownAddress:
    """The platform says that this person has another number or id now."""
    number_alone = phone is not None and key.lstrip("+") == phone.lstrip("+")
    if number_alone and known.key == known.attributes.get("user_id"):
        key = known.key  # reached by an id, which stays; the number is beside it
    there = await find_address(conn, known.connector, known.account, key)
    if there is not None and there.id != known.id:
        # They wrote under the new name before this was heard: the two are one.
        await ask_link(conn, known.id, there.id, trust="attested", evidence="platform")
        return known
    user_id = "" if number_alone else key
    await names.rename(conn, known.id, key, phone=phone, user_id=user_id)
    await names.redirect(conn, known.connector, known.account, known.key, key)
    log.info("identity.address.renamed", address_id=str(known.id))
    return replace(known, key=key, phone=phone or known.phone)


async def start_anew(conn: AsyncConnection, address_id: AddressId) -> CustomerId | None:
    """A person says that somebody else has this number now: what was said stays with who said it.

    Returns the customer whom the next message from it belongs to; None: the address is not in use.
    """
    known = await names.read_living(conn, address_id)
    if known is None:
        return None
    ended = await names.end_address(conn, address_id)
    customer_id = await add_customer(conn, display_name="")
    await add_address(
        conn,
        customer_id,
        NewAddress(
            known.connector,
            known.account,
            known.key,
            channel=known.channel,
            phone=known.phone,
            display_name="",
            valid_from=ended,
        ),
    )
    return customer_id
