"""Signs a visitor of the web chat in by the shop's word: one person on two devices is one customer."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.identity.linking import ask_link
from onethread.identity.logins import Login
from onethread.storage import logins
from onethread.storage.addresses import create_customer, find_address
from onethread.storage.logins import Person, Session


class SignedIn(StrEnum):
    """How it ended."""

    DONE = "done"
    REPLAYED = "replayed"
    """Another session showed this very token."""
    SOMEBODY_ELSE = "somebody_else"
    """Another person is signed in at this session: it needs a new one."""


async def sign_in(conn: AsyncConnection, at: Session, login: Login, *, channel: str) -> SignedIn:
    """Keep who sits at this session, and ask for the link to where else they were signed in."""
    # First, for the token is then shown again by the new session and has to be that one's.
    if await logins.subject_of(conn, at) not in (None, login.subject):
        return SignedIn.SOMEBODY_ELSE
    expires = datetime.fromtimestamp(login.expires, UTC)
    if not await logins.take_token(conn, login.digest, at.address_key, expires):
        return SignedIn.REPLAYED
    await logins.lock_subject(conn, login.subject)
    await logins.keep(conn, at, Person(login.subject, login.name, login.email, login.phone))
    await create_customer(
        conn,
        at.connector,
        at.account,
        at.address_key,
        channel=channel,
        phone=login.phone,
        display_name=login.name,
    )
    here = await find_address(conn, at.connector, at.account, at.address_key)
    if here is None:
        raise LookupError("an address just made is not there")
    there = await logins.other_address(conn, login.subject, here.id)
    if there is not None:
        await ask_link(conn, here.id, there, trust="proved", evidence="login")
    return SignedIn.DONE
