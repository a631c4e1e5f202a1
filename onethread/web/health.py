"""Signs of life: alive, ready, and what each part says of itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

import httpx
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from redis.exceptions import RedisError
from sanic import Blueprint, HTTPResponse, Request
from sanic.response import json, raw, text
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from onethread.app import House
from onethread.storage.migrate import is_current
from onethread.storage.stops import read_stops

from .metrics import WebMetrics

_PART_TIMEOUT_S = 2.0


@dataclass(frozen=True, slots=True)
class PartState:
    """Whether one part works, and one sentence for people."""

    name: str
    ok: bool
    says: str


class Readiness:
    """Ready = Postgres answers and is migrated, and a model was loaded at least once since this start."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._model_seen = False
        self._migrated = False
        self._http = httpx.AsyncClient(timeout=_PART_TIMEOUT_S)

    async def close(self) -> None:
        """Releases connections."""
        await self._http.aclose()

    async def needed(self) -> list[PartState]:
        """The parts without which no message should be sent here."""
        parts = [await self._bounded("postgres", self._postgres)]
        if not self._model_seen:
            parts.append(await self._bounded("model", self._model))
        return parts

    async def every(self) -> list[PartState]:
        """All parts, asked at the same time."""
        return list(
            await asyncio.gather(
                self._bounded("postgres", self._postgres),
                self._bounded("model", self._model),
                self._bounded("valkey", self._valkey),
                self._bounded("actions", self._actions),
            )
        )

    async def stopped_accounts(self) -> list[tuple[str, str]]:
        """Connector and account of whom a platform refuses."""
        async with self._house.engines.web.connect() as conn:
            return [stop.account for stop in await read_stops(conn)]

    async def _bounded(self, name: str, ask: Callable[[], Awaitable[tuple[bool, str]]]) -> PartState:
        try:
            async with asyncio.timeout(_PART_TIMEOUT_S):
                ok, says = await ask()
        except (SQLAlchemyError, RedisError, httpx.HTTPError, OSError, TimeoutError) as error:
            return PartState(name, False, f"not reachable ({type(error).__name__})")
        return PartState(name, ok, says)

    async def _postgres(self) -> tuple[bool, str]:
        async with self._house.engines.web.connect() as conn:
            # Once it was current it stays so: this code's newest revision does not change.
            self._migrated = self._migrated or await is_current(conn)
            await conn.execute(select(1))
        if not self._migrated:
            return False, "answers, but migrations are missing"
        return True, "answers and is migrated"

    async def _model(self) -> tuple[bool, str]:
        urls = self._house.settings.rasa_urls
        if not urls:
            return False, "no Rasa process is configured"
        answers = await asyncio.gather(
            *(self._http.get(f"{url}/ready") for url in urls), return_exceptions=True
        )
        loaded = [a for a in answers if isinstance(a, httpx.Response) and a.status_code == 200]
        if loaded:
            self._model_seen = True
        return bool(loaded), f"{len(loaded)} of {len(urls)} Rasa processes have a model"

    async def _valkey(self) -> tuple[bool, str]:
        await self._house.valkey.ping()
        return True, "answers"

    async def _actions(self) -> tuple[bool, str]:
        url = self._house.settings.actions_url
        if not url:
            return False, "no action server is configured"
        answer = await self._http.get(f"{url.removesuffix('/webhook')}/health")
        return answer.status_code == 200, f"answers {answer.status_code}"


def blueprint(readiness: Readiness, metrics: WebMetrics) -> Blueprint:
    """`/health`, `/ready[?all=1]`, `/metrics`."""
    routes = Blueprint("health")

    @routes.get("/health")
    async def health(request: Request) -> HTTPResponse:
        return text("alive\n")

    @routes.get("/ready")
    async def ready(request: Request) -> HTTPResponse:
        needed = await readiness.needed()
        is_ready = all(part.ok for part in needed)
        parts = await readiness.every() if request.args.get("all") else needed
        body = {
            "ready": is_ready,
            "parts": {part.name: {"ok": part.ok, "says": part.says} for part in parts},
        }
        return json(body, status=200 if is_ready else 503)

    @routes.get("/metrics")
    async def show_metrics(request: Request) -> HTTPResponse:
        with suppress(SQLAlchemyError):
            metrics.show_stopped(await readiness.stopped_accounts())
        return raw(generate_latest(metrics.registry), content_type=CONTENT_TYPE_LATEST)

    return routes
