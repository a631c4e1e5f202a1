"""Step "verify"/"parse": a Twilio webhook's form, as raw bytes for the signature and as text for reading."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

Pairs = list[tuple[bytes, bytes]]


def form_pairs(body: bytes) -> Pairs:
    """Every parameter in order, blank ones too: Twilio signs them all (webhooks security page, 2026-11).

    Latin-1 both ways keeps the bytes as they were sent, whatever their encoding.
    """
    pairs = parse_qsl(body.decode("latin-1"), keep_blank_values=True, encoding="latin-1")
    return [(key.encode("latin-1"), value.encode("latin-1")) for key, value in pairs]


def read_form(body: bytes) -> Mapping[str, str]:
    """First value of each parameter as text; bad UTF-8 and NUL (which Postgres refuses) become U+FFFD."""
    fields: dict[str, str] = {}
    for key, value in form_pairs(body):
        fields.setdefault(_text(key), _text(value))
    return fields


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").replace("\x00", "\ufffd")
