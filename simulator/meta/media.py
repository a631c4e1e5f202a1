"""Files on the Graph API: where one is, the file itself, and an upload."""

from __future__ import annotations

import hashlib
import json

from simulator.files import Shelf
from simulator.forms import read_form
from simulator.http import Request, Response

from .rules import refused


def located(files: Shelf, file_id: str, base_url: str) -> Response:
    """`GET /<media id>`: an address that serves the file to whoever has the token."""
    file = files.get(file_id)
    if file is None:
        return refused(400, 100, subcode=33)
    about = {
        "url": f"{base_url}/files/{file.id}",
        "mime_type": file.content_type,
        "sha256": hashlib.sha256(file.content).hexdigest(),
        "file_size": len(file.content),
        "id": file.id,
        "messaging_product": "whatsapp",
    }
    return Response(body=json.dumps(about).encode(), content_type="application/json")


def uploaded(files: Shelf, request: Request) -> Response:
    """`POST /<number id>/media`: a multipart form with `messaging_product` and `file`."""
    given = read_form(request).files.get("file")
    if given is None:
        return refused(400, 100)
    kept = files.put(given.content, given.content_type, given.name)
    return Response(body=json.dumps({"id": kept.id}).encode(), content_type="application/json")
