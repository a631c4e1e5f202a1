"""What goes out, as others write it: messages to send, and a person's decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from connectors.contract import Button, MediaRef, Part, Span, Template
from onethread.ids import AddressId, CustomerId, MessageId, Oid, OutboxId, TurnId
from onethread.storage.tables import outbox

NOTIFY = "onethread_outbox"

Purpose = Literal["reply", "agent", "apology", "notice", "consent", "reopening"]

_WAKE = text(f"select pg_notify('{NOTIFY}', '')")
_SUPPRESS = text("""
    update outbox set status = 'suppressed', error = 'opted out', updated_at = now()
    where address_id = :address_id and status in ('queued', 'held') and purpose <> 'consent'
""")
_RESEND = text("""
    update outbox set status = 'queued', due_at = now(), error = null, error_code = null, updated_at = now()
    where id = :id and status in ('unknown', 'failed')
""")
_GIVE_UP = text("""
    update outbox set status = 'failed', updated_at = now()
    where id = :id and status in ('unknown', 'queued', 'held')
""")


async def enqueue(
    conn: AsyncConnection,
    *,
    customer_id: CustomerId,
    address_id: AddressId,
    message_id: MessageId | None,
    turn_id: TurnId | None,
    purpose: Purpose,
    parts: Sequence[Part],
) -> list[Oid]:
    """Queue rendered parts for one address, in order; senders wake at the caller's commit."""
    if not parts:
        return []
    oids = [Oid(uuid4().hex) for _ in parts]
    await conn.execute(
        outbox.insert(),
        [
            {
                "oid": oid,
                "customer_id": customer_id,
                "address_id": address_id,
                "message_id": message_id,
                "turn_id": turn_id,
                "purpose": purpose,
                "part": part_to_json(part),
            }
            for oid, part in zip(oids, parts, strict=True)
        ],
    )
    await wake(conn)
    return oids


async def wake(conn: AsyncConnection) -> None:
    """Tell every sender, when this transaction commits, that there is something to do."""
    await conn.execute(_WAKE)


async def suppress_queued(conn: AsyncConnection, address_id: AddressId) -> int:
    """After STOP: what still waits for this address is never sent, but for a consent's confirmation."""
    return (await conn.execute(_SUPPRESS, {"address_id": address_id})).rowcount


async def resend(conn: AsyncConnection, outbox_id: OutboxId) -> bool:
    """A person decides to send an `unknown` or `failed` row (again); False when it is neither."""
    done = (await conn.execute(_RESEND, {"id": outbox_id})).rowcount == 1
    await wake(conn)
    return done


async def give_up(conn: AsyncConnection, outbox_id: OutboxId) -> bool:
    """A person decides that an `unknown`, `queued` or `held` row is not to be sent; False: it is none."""
    return (await conn.execute(_GIVE_UP, {"id": outbox_id})).rowcount == 1


def part_to_json(part: Part) -> dict[str, Any]:
    """A part as it is kept in `outbox.part`."""
    template = part.template
    return {
        "text": part.text,
        "buttons": [{"title": button.title, "tap": button.tap} for button in part.buttons],
        "media": [
            {
                "ref": item.ref,
                "content_type": item.content_type,
                "caption": item.caption,
                "file_name": item.file_name,
            }
            for item in part.media
        ],
        "template": template
        and {
            "name": template.name,
            "language": template.language,
            "variables": list(template.variables),
        },
        "spans": [{"start": span.start, "end": span.end, "link": span.link} for span in part.spans],
    }


def part_from_json(kept: Mapping[str, Any]) -> Part:
    """The inverse of `part_to_json`; older rows lack `template` and `spans`."""
    template = kept.get("template")
    return Part(
        text=kept["text"],
        buttons=tuple(Button(**button) for button in kept["buttons"]),
        media=tuple(MediaRef(**item) for item in kept["media"]),
        template=template and Template(template["name"], template["language"], tuple(template["variables"])),
        spans=tuple(Span(**span) for span in kept.get("spans") or ()),
    )
