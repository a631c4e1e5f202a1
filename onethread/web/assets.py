"""Static files under a path that changes with their content, so that browsers may keep them for ever."""

from __future__ import annotations

import hashlib
import mimetypes
from pathlib import Path

from sanic import Blueprint, HTTPResponse, Request
from sanic.exceptions import NotFound

from .packing import Packed

FOLDER = Path(__file__).resolve().parent / "static"
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


class Assets:
    """All static files, read once: they are few and small."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._files = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        digest = hashlib.sha256()
        for name, content in self._files.items():
            digest.update(name.encode() + b"\0" + content)
        self.version = digest.hexdigest()[:12]
        self._packed = {name: Packed.of(content, content_type(name)) for name, content in self._files.items()}

    def url(self, name: str) -> str:
        """Where the page finds a file; the version is in the path, so modules import each other relatively.

        Raises:
            KeyError: there is no such file.
        """
        self._files[name]
        return f"/static/{self.version}/{name}"

    def content(self, name: str) -> bytes | None:
        """The bytes of a file, or None."""
        return self._files.get(name)

    def packed(self, name: str) -> Packed:
        """A file as it is sent.

        Raises:
            KeyError: there is no such file.
        """
        return self._packed[name]

    def names(self, folder: str) -> list[str]:
        """Names of the files right below `folder`."""
        return [name for name in self._files if name.rpartition("/")[0] == folder]


def content_type(name: str) -> str:
    """The media type of a file by its ending."""
    suffix = Path(name).suffix
    return _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"


def blueprint(assets: Assets) -> Blueprint:
    """`/static/<version>/<file>`."""
    routes = Blueprint("static")

    @routes.get("/static/<version:str>/<name:path>")
    async def serve(request: Request, version: str, name: str) -> HTTPResponse:
        if assets.content(name) is None:
            raise NotFound("no such file")
        fresh = version == assets.version
        kept = "public, max-age=31536000, immutable" if fresh else "no-cache"
        return assets.packed(name).answer(request, {"cache-control": kept})

    return routes
