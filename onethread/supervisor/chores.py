"""What `up` asks of other rooms once while it starts; what blocks runs in a thread."""

import asyncio
import time

from sqlalchemy.exc import OperationalError

from onethread.supervisor.process import StartFailed

_MANAGED_DATABASE_LIMIT_S = 30.0


async def migrate(url: str) -> None:
    """Brings the database to this version; a managed one may take a while to answer.

    Raises:
        StartFailed: it cannot be reached.
    """
    from onethread.storage.migrate import upgrade

    until = time.monotonic() + _MANAGED_DATABASE_LIMIT_S
    while True:
        try:
            return await asyncio.to_thread(upgrade, url)
        except OperationalError as error:
            if time.monotonic() > until:
                raise StartFailed(f"The database does not answer: {error.orig}") from error
            await asyncio.sleep(1.0)


async def seed_demo_shop(url: str) -> None:
    """Fills the demo shop; does nothing where it is filled."""
    from onethread.orders.seed import seed

    await asyncio.to_thread(seed, url)


async def first_admin_link(url: str, public_url: str) -> str | None:
    """A link that makes the first admin, once; None when there is one."""
    from onethread.handoff.onboarding import make_first_admin_link
    from onethread.storage.engine import open_engines

    engines = open_engines(url, lane_slots=1, turn_deadline_s=10.0)
    try:
        return await make_first_admin_link(engines.web, public_url)
    finally:
        await engines.close()
