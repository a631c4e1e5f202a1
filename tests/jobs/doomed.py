"""A worker that begins its job, says so, and never ends it: to be killed."""

from __future__ import annotations

import asyncio
import sys

from onethread.jobs.running import Attempt, Jobs


async def main(url: str) -> None:
    async def begin(attempt: Attempt, *, number: int) -> None:
        sys.stdout.write(f"begun {number}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()

    jobs = Jobs(url)
    jobs.task("count", begin)
    await jobs.run(asyncio.Event())


asyncio.run(main(sys.argv[1]))
