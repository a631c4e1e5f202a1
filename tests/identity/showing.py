"""People of the tests: some whose number the platform attests, some nobody knows anything about."""

from __future__ import annotations

import re
import time
from uuid import UUID

from onethread.cli.worker import talk_of
from onethread.conversations.code_sending import CodeJobs
from onethread.identity.merging import carry_out_link
from onethread.identity.tokens import LinkTokens
from onethread.ids import LinkId
from onethread.jobs.running import Attempt
from onethread.storage.addresses import create_customer
from tests.fakes.house import Stage

OWNER = "+15551230001"


async def visitor(play: Stage, key: str = "visitor") -> str:
    """Somebody of whom the platform attests nothing."""
    async with play.house.engines.web.begin() as conn:
        await create_customer(
            conn, play.door.key, play.door.account, key, channel="webchat", phone=None, display_name=""
        )
    return key


async def address_of(play: Stage, key: str) -> UUID:
    (row,) = await play.rows("select id from addresses where key = :key and valid_to is null", key=key)
    return UUID(str(row.id))


async def link_from(play: Stage, key: str, *, at: float | None = None, nonce: bytes = b"12345678") -> str:
    """The token of a link that was given to this address."""
    tokens = LinkTokens(play.house.settings.secret_key.get_secret_value())
    return tokens.mint((await address_of(play, key)).bytes, nonce, time.time() if at is None else at)


async def links(play: Stage) -> list[tuple[str, str, str]]:
    rows = await play.rows("select evidence, trust, status from links where via is null order by asked_at")
    return [(row.evidence, row.trust, row.status) for row in rows]


async def carry_out(play: Stage) -> None:
    """What the job would do."""
    for row in await play.rows("select id from links where status = 'asked'"):
        await carry_out_link(play.house.engines.senders, LinkId(row.id))


async def customers(play: Stage) -> int:
    """How many people we know."""
    (row,) = await play.rows("select count(distinct customer_id) as n from addresses")
    return int(row.n)


async def send_codes(play: Stage, code: int = 123_456) -> None:
    """What the job would do, with this random number."""
    talk = talk_of(play.house)
    jobs = CodeJobs(
        engine=play.house.engines.senders,
        connectors=talk.connectors,
        texts=talk.texts,
        codes=talk.codes,
        fanout=talk.fanout,
        default_language="en",
        random=lambda _: code,
    )
    for row in await play.rows("select id from codes where status = 'asked' and code_digest is null"):
        await jobs.send(Attempt(1, last=False), code_id=str(row.id))


async def ask_code(play: Stage, asker: str, number: str) -> list[str]:
    """Press the button and type a number; what was said."""
    await play.run(
        "insert into codes (asker_id) select id from addresses where key = :key and valid_to is null",
        key=asker,
    )
    return await play.turn(number, sender=asker)


def plain(said: list[str]) -> str:
    """What was said, without the sentence that a machine answers."""
    return re.sub(r"^Hi, this is the automated assistant[^\n]*\n\n", "", said[-1])
