"""A request's form, whichever way it was sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import parse_qsl

from .http import Request


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a form."""

    content: bytes
    content_type: str
    name: str


@dataclass(frozen=True, slots=True)
class Form:
    """Its texts and files by name; of a name given twice the last one."""

    texts: Mapping[str, str]
    files: Mapping[str, Upload] = field(default_factory=dict)


def read_form(request: Request) -> Form:
    """From the query and a urlencoded or multipart body; of any other body nothing is read."""
    kind = request.headers.get("content-type", "")
    if not kind.startswith("multipart/form-data"):
        body = request.body.decode("utf-8", "replace")
        return Form(dict(request.query) | dict(parse_qsl(body, keep_blank_values=True)))
    texts, files = dict(request.query), {}
    whole = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + request.body)
    for part in whole.iter_parts():
        name = str(part.get_param("name", "", header="content-disposition"))
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            continue
        if file_name := part.get_filename():
            files[name] = Upload(content, part.get_content_type(), file_name)
        else:
            texts[name] = content.decode("utf-8", "replace")
    return Form(texts, files)
