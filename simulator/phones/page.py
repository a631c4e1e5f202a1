"""Serves the page, takes what its people do, and keeps it current."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from simulator.acts import Act, ActRefused
from simulator.http import Request, Response

from .live import Live
from .people import People, Person, PersonRefused
from .phones import Line

_STATIC = Path(__file__).parent / "static"
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
_ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
_REFUSED_WITHIN_S = 0.25


class PhonesPage:
    """Handler of everything that is no platform's. `house_url` is where browsers find the house."""

    def __init__(self, lines: Sequence[Line], *, house_url: str, people: People | None = None) -> None:
        self.people = people or People()
        self._lines = {line.key: line for line in lines}
        self._house_url = house_url
        self._live = Live(self._shown)
        self._acts: set[asyncio.Task[int]] = set()
        self._headers = {"content-security-policy": _policy(house_url), **_ALWAYS}
        for platform in {line.platform.name: line.platform for line in lines}.values():
            platform.on_change.append(partial(self._touch, platform.name))
        for person in self.people:
            self._greet(person)

    async def handle(self, request: Request) -> Response:
        """The page and its files, and what its script asks for; 400 with a sentence."""
        try:
            if request.method == "GET":
                return self._read(request)
            match request.path:
                case "/act":
                    return await self._act(_object(request.body))
                case "/people":
                    return self._add(_object(request.body))
        except ValueError as error:
            return Response(400, str(error).encode(), headers=self._headers)
        return Response(404, b"not here")

    def _read(self, request: Request) -> Response:
        if (path := _file_of(request.path)) is not None:
            kind = f"{_TYPES[path.suffix]}; charset=utf-8"
            return Response(body=path.read_bytes(), content_type=kind, headers=self._headers)
        match request.path:
            case "/health":
                return Response(body=b"ok")
            case "/state":
                return self._json(self._state())
            case "/live":
                last_id = request.headers.get("last-event-id") or request.query.get("last_id", "")
                chunks = self._live.stream(last_id)
                return Response(content_type="text/event-stream", headers=self._headers, chunks=chunks)
        return Response(404, b"not here")

    def _add(self, said: dict[str, Any]) -> Response:
        person = self.people.add(said)
        self._greet(person)
        return self._json(person.shown())

    def _state(self) -> dict[str, object]:
        return {
            "house": self._house_url,
            "lines": [line.about() for line in self._lines.values()],
            "people": [person.shown() for person in self.people],
        }

    async def _act(self, said: dict[str, Any]) -> Response:
        """Begin it; what the house says to it is shown later, at the bubble."""
        person, line = self.people.get(str(said.pop("person", ""))), str(said.pop("line", ""))
        if line not in self._lines:
            raise ActRefused(f"no phone called {line!r}")
        act = Act.read(said)
        found = self._lines[line]
        doing = asyncio.create_task(found.platform.act(found.customer(person), act))
        self._acts.add(doing)
        doing.add_done_callback(self._acts.discard)
        await asyncio.wait((doing,), timeout=_REFUSED_WITHIN_S)
        if doing.done():
            doing.result()
        return Response(204, headers=self._headers)

    def _greet(self, person: Person) -> None:
        for line in self._lines.values():
            line.platform.names[line.customer(person)] = person.name
        self._live.touch("people")

    def _touch(self, platform: str, key: str) -> None:
        """That phone is different now; without a key (the clock was moved), each of the platform."""
        for line in self._lines.values():
            for person in self.people:
                if line.platform.name == platform and key in ("", line.customer(person)):
                    self._live.touch(f"{person.key}/{line.key}")

    def _shown(self, name: str) -> object:
        person, _, line = name.partition("/")
        if not line:
            return {"people": [one.shown() for one in self.people]}
        return self._lines[line].shown(self.people.get(person))

    def _json(self, value: object) -> Response:
        return Response(
            body=json.dumps(value).encode(), content_type="application/json", headers=self._headers
        )


def is_foreign(request: Request) -> bool:
    """Whether another site's page asks: a browser says so, a command line says nothing."""
    origin = request.headers.get("origin", "")
    return bool(origin) and urlsplit(origin).netloc != request.headers.get("host")


def _file_of(path: str) -> Path | None:
    """The static file behind a path, when there is one."""
    name = "phones.html" if path == "/" else path[1:]
    file = _STATIC / name
    return file if "/" not in name and file.suffix in _TYPES and file.is_file() else None


def _object(body: bytes) -> dict[str, Any]:
    said = json.loads(body)
    if not isinstance(said, dict):
        raise PersonRefused("a JSON object is expected")
    return said


def _policy(house_url: str) -> str:
    """Own files only; the house's chat in a frame, and files that the house has sent."""
    parts = urlsplit(house_url)
    house = f" {parts.scheme}://{parts.netloc}" if parts.netloc else ""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "connect-src 'self'",
            f"img-src 'self'{house}",
            f"media-src 'self'{house}",
            f"frame-src{house or ' ' + chr(39) + 'none' + chr(39)}",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )
