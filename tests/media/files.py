"""Files for tests: small ones of each kind, and a platform on loopback that hands them out."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from connectors.contract import MediaRef, MediaSource
from simulator.http import HttpServer, Request, Response
from tests.fakes.connector import FakeConnector

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(100)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(100)
OGG = b"OggS\x00\x02" + bytes(22) + b"\x01\x13OpusHead\x01" + bytes(40)
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + bytes(60)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(60)
HTML = b"<!doctype html><script>fetch('/desk')</script>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
EXE = b"MZ\x90\x00" + bytes(100)
VCARD = b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Mara Example\r\nEND:VCARD\r\n"


def packed(*names: str) -> bytes:
    """A zip archive of files with these names."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return made.getvalue()


DOCX = packed("[Content_Types].xml", "_rels/.rels", "word/document.xml")


@dataclass
class FilePlatform:
    """Answers each path with what a test put there; remembers what it was asked."""

    answers: dict[str, Callable[[Request], Awaitable[Response]] | Response] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def put(self, path: str, body: bytes, **more: object) -> None:
        self.answers[path] = Response(body=body, **more)  # type: ignore[arg-type]

    def move(self, path: str, to: str) -> None:
        self.answers[path] = Response(status=302, headers={"location": to})

    async def handle(self, request: Request) -> Response:
        self.asked.append(request)
        found = self.answers.get(request.path)
        if found is None:
            return Response(status=404)
        return found if isinstance(found, Response) else await found(request)


@asynccontextmanager
async def file_platform() -> AsyncIterator[FilePlatform]:
    platform = FilePlatform()
    server = HttpServer(platform.handle)
    await server.start("127.0.0.1", 0)
    platform.port = server.port
    try:
        yield platform
    finally:
        await server.stop()


@dataclass
class FileDoor(FakeConnector):
    """A door whose platform keeps files: a handle is a path there."""

    base: str = ""
    hosts: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    async def locate_media(self, item: MediaRef) -> MediaSource:
        url = item.ref if "://" in item.ref else f"{self.base}{item.ref}"
        return MediaSource(url, self.headers, self.hosts)


async def streamed(body: bytes, size: int = 1_000) -> AsyncIterator[bytes]:
    """A body in pieces."""
    for start in range(0, len(body), size):
        yield body[start : start + size]
