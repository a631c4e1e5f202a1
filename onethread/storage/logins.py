"""Who sits at a web chat session, by the shop's own word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.ids import AddressId
from onethread.storage.tables import addresses, login_tokens, logins


@dataclass(frozen=True, slots=True)
class Session:
    """A web chat session, as its address is named."""

    connector: str
    account: str
    address_key: str


@dataclass(frozen=True, slots=True)
class Person:
    """What the shop says of who is signed in."""

    subject: str
    name: str
    email: str | None
    phone: str | None


async def lock_subject(conn: AsyncConnection, subject: str) -> None:
    """Two logins of one person wait for one another until the end of the transaction."""
    await conn.execute(
        text("select pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": f"login {subject}"}
    )


async def take_token(conn: AsyncConnection, digest: bytes, address_key: str, expires: datetime) -> bool:
    """Whether this token is this session's: nobody showed it before, or it was this session."""
    await conn.execute(
        login_tokens.delete().where(login_tokens.c.expires_at < func.now() - text("interval '1 hour'"))
    )
    await conn.execute(
        pg_insert(login_tokens)
        .values(digest=digest, address_key=address_key, expires_at=expires)
        .on_conflict_do_nothing()
    )
    found = await conn.execute(select(login_tokens.c.address_key).where(login_tokens.c.digest == digest))
    return bool(found.scalar_one() == address_key)


async def subject_of(conn: AsyncConnection, at: Session) -> str | None:
    """Who is signed in at this session."""
    found = await conn.execute(
        select(logins.c.subject).where(
            logins.c.connector == at.connector,
            logins.c.account == at.account,
            logins.c.address_key == at.address_key,
        )
    )
    return found.scalar_one_or_none()


async def keep(conn: AsyncConnection, at: Session, person: Person) -> None:
    """This person is signed in here; what the shop said before of him here is replaced."""
    values = {"name": person.name, "email": person.email, "phone": person.phone}
    await conn.execute(
        pg_insert(logins)
        .values(
            connector=at.connector,
            account=at.account,
            address_key=at.address_key,
            subject=person.subject,
            **values,
        )
        .on_conflict_do_update(index_elements=["connector", "account", "address_key"], set_=values)
    )


async def other_address(conn: AsyncConnection, subject: str, but: AddressId) -> AddressId | None:
    """The oldest living address at which this person was signed in, other than this one."""
    found = await conn.execute(
        select(addresses.c.id)
        .join(
            logins,
            (logins.c.connector == addresses.c.connector)
            & (logins.c.account == addresses.c.account)
            & (logins.c.address_key == addresses.c.key),
        )
        .where(logins.c.subject == subject, addresses.c.id != but, addresses.c.valid_to.is_(None))
        .order_by(addresses.c.created_at, addresses.c.id)
        .limit(1)
    )
    row = found.one_or_none()
    return None if row is None else AddressId(row.id)
