"""A running action server on the demo shop, and a talk with it as Rasa would lead it."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest

from actions.dependencies import Dependencies, provide
from onethread.cli.actions import create_app, load_actions, proof_key
from onethread.knowledge.files import KnowledgeFiles
from onethread.knowledge.titles import TitleFiles
from onethread.orders.demo_shop import DemoShop
from onethread.orders.seed import seed
from onethread.settings import ROOT

from .talk import SECRET, Talk


@pytest.fixture
async def server(database_url: str) -> AsyncIterator[str]:
    """The URL of the real server over real orders."""
    seed(database_url, datetime.now(UTC).date())
    async for url in serve(DemoShop(database_url)):
        yield url


async def serve(orders: DemoShop) -> AsyncIterator[str]:
    provide(
        Dependencies(
            orders=orders,
            knowledge=KnowledgeFiles(ROOT / "content" / "faq"),
            titles=TitleFiles(ROOT / "content" / "clarify"),
            proof_key=proof_key("a secret of at least thirty-two signs"),
        )
    )
    app = create_app(load_actions(), SECRET, name=f"actions_{uuid4().hex}")
    app.config.TOUCHUP = False  # it can be done only once in a process
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        running = await app.create_server(sock=listener, return_asyncio_server=True)
        assert running is not None
        await running.startup()
        await running.before_start()
        await running.start_serving()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            await running.close()
            await orders.close()


@pytest.fixture
async def client(server: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server, headers={"X-Onethread-Secret": SECRET}) as client:
        yield client


@pytest.fixture
def sms(client: httpx.AsyncClient) -> Talk:
    """A talk from the demo customer's own phone."""
    return Talk(client, phone="+15551230001")


@pytest.fixture
def web(client: httpx.AsyncClient) -> Talk:
    """A talk from somebody nobody knows."""
    return Talk(client, phone=None)
