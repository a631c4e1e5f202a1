"""One server for the page and every fake behind it: `/twilio/...`, `/meta/...`, `/telegram/...`, the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from simulator.http import HttpServer, Request, Response
from simulator.platform import Platform

from .page import PhonesPage, is_foreign


class PhonesServer:
    """Listens on 127.0.0.1. A platform sees its own paths, as the vendor has them."""

    def __init__(self, platforms: Sequence[Platform[Any]], page: PhonesPage) -> None:
        self._platforms = {platform.name: platform for platform in platforms}
        self._page = page
        self._server = HttpServer(self.handle)

    @property
    def url(self) -> str:
        """Where the page is, without the last slash."""
        return f"http://127.0.0.1:{self._server.port}"

    async def start(self, port: int = 0) -> None:
        """Listen; port 0 takes a free one."""
        await self._server.start("127.0.0.1", port)
        for name, platform in self._platforms.items():
            platform.mounted(f"{self.url}/{name}")

    async def stop(self) -> None:
        """Close everything, the platforms too."""
        await self._server.stop()
        for platform in self._platforms.values():
            await platform.stop()

    async def handle(self, request: Request) -> Response:
        """One request, by the first part of its path."""
        name, slash, rest = request.path.removeprefix("/").partition("/")
        platform = self._platforms.get(name)
        if is_foreign(request):
            return Response(403, b"another page may do nothing here")
        if platform is not None and slash:
            return await platform.handle(replace(request, path=f"/{rest}"))
        return await self._page.handle(request)
