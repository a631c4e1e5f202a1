"""A real Chromium, a live web process and a worker that echoes. Skipped loudly without a browser."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from onethread.app import House
from tests.fakes.echo import EchoWorker, echoing
from tests.web.house import Site, make_house, new_port, open_site

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
EMBEDDER_PORT = new_port()
# A crowded machine is slow; whatever is expected still has to come.
expect.set_options(timeout=20_000)


def need_browser() -> None:
    if CHROMIUM.exists():
        return
    reason = f"browser tests need Debian's chromium at {CHROMIUM}"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(autouse=True)
def has_browser() -> None:
    """Skips when there is nothing to drive; in CI, where that is a fault of the setup, it fails."""
    need_browser()


@pytest.fixture
async def house(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[House]:
    made = make_house(
        database_url,
        redis_url,
        tmp_path,
        new_port(),
        WEBCHAT_EMBED_ORIGINS=f"http://127.0.0.1:{EMBEDDER_PORT}",
    )
    yield made
    await made.close()


@pytest.fixture
async def site(house: House) -> AsyncIterator[Site]:
    async with open_site(house) as opened:
        yield opened


@pytest.fixture
async def worker(house: House) -> AsyncIterator[EchoWorker]:
    async with echoing(house, "Track my order", "Talk to a person") as echo:
        yield echo


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield chromium
        await chromium.close()


@pytest.fixture
def complaints() -> list[str]:
    """What pages complained about; empty at the end of a test."""
    return []


def listen(page: Page, complaints: list[str]) -> Page:
    """Collects errors of a page, broken policies among them."""
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda said: (
            complaints.append(said.text)
            if said.type == "error" and "Content Security Policy" in said.text
            else None
        ),
    )
    return page
