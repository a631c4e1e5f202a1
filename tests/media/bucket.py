"""A bucket on loopback that answers the requests we make, as S3 does."""

from __future__ import annotations

import re
from types import TracebackType
from typing import Self
from urllib.parse import unquote

from simulator.http import HttpServer, Request, Response

_RANGE = re.compile(r"bytes=(\d+)-(\d+)")


class FakeBucket:
    """Objects by path. Signatures are looked at, not checked."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.asked: list[Request] = []
        self.refuses = False
        self._parts: dict[str, dict[int, bytes]] = {}
        self._server = HttpServer(self._handle)

    async def __aenter__(self) -> Self:
        await self._server.start("127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._server.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.port}"

    async def _handle(self, request: Request) -> Response:
        self.asked.append(request)
        if self.refuses or "authorization" not in request.headers:
            return Response(403, b"<Error><Code>AccessDenied</Code></Error>", "application/xml")
        path = unquote(request.path)
        match request.method:
            case "PUT":
                return self._put(path, request)
            case "GET":
                return self._get(path, request)
            case "POST":
                return self._multipart(path, request)
        return Response(405)

    def _put(self, path: str, request: Request) -> Response:
        if number := request.query.get("partNumber"):
            self._parts[path][int(number)] = request.body
        else:
            self.objects[path] = request.body
        return Response(headers={"etag": '"1"'})

    def _multipart(self, path: str, request: Request) -> Response:
        if "delete" in request.query:
            return self._delete(path, request)
        if "uploads" in request.query:
            self._parts[path] = {}
            return _xml(
                "<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>"
            )
        parts = self._parts.pop(path)
        self.objects[path] = b"".join(parts[number] for number in sorted(parts))
        return _xml("<CompleteMultipartUploadResult><ETag>1</ETag></CompleteMultipartUploadResult>")

    def _delete(self, path: str, request: Request) -> Response:
        """Several at once, which a client may also do for one."""
        keys = re.findall(r"<Key>([^<]+)</Key>", request.body.decode())
        for key in keys:
            self.objects.pop(f"{path.rstrip('/')}/{key}", None)
        told = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
        return _xml(f"<DeleteResult>{told}</DeleteResult>")

    def _get(self, path: str, request: Request) -> Response:
        body = self.objects.get(path)
        if body is None:
            return Response(404, b"<Error><Code>NoSuchKey</Code></Error>", "application/xml")
        headers = {"etag": '"1"', "last-modified": "Sun, 22 Nov 2026 05:00:00 GMT"}
        found = _RANGE.fullmatch(request.headers.get("range", ""))
        if found is None:
            return Response(body=body, headers=headers)
        start, end = int(found[1]), min(int(found[2]) + 1, len(body))
        headers["content-range"] = f"bytes {start}-{end - 1}/{len(body)}"
        return Response(206, body[start:end], headers=headers)


def _xml(body: str) -> Response:
    return Response(body=f'<?xml version="1.0"?>{body}'.encode(), content_type="application/xml")
