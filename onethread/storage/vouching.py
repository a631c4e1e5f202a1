"""Which phone number speaks for an address that has none of its own."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.ids import AddressId
from onethread.storage.driver import fetch

_PROVED = """
    select other.phone from links l
      join addresses here on here.id = %(id)s
      join addresses other on other.id in (l.address_id, l.other_address_id) and other.id <> here.id
       and other.customer_id = here.customer_id
     where (l.address_id = %(id)s or l.other_address_id = %(id)s)
       and l.status = 'done' and l.evidence = 'code' and other.phone is not null and other.valid_to is null
     order by l.done_at desc limit 1
"""


async def vouched_phone(conn: AsyncConnection, address_id: AddressId) -> str | None:
    """The number of the app whose one-time code was typed here, as long as that link stands.

    Other evidence lends no number: who says yes to a stranger's link has not shown him the phone, and a
    person at the desk may be taken in.
    """
    rows = await fetch(conn, _PROVED, {"id": address_id})
    return str(rows[0][0]) if rows else None
