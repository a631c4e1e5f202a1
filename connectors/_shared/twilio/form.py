"""Step "verify"/"parse": a Twilio webhook's form, as raw bytes for the signature and as text for reading."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

Pairs = list[tuple[bytes, bytes]]


def form_pairs(body: bytes) -> Pairs:
    """Every parameter in order, blank ones too: Twilio signs them all (webhooks security page, 2026-11).

    The bytes as they were sent, whatever their encoding; each webhook is read twice, so not by `parse_qsl`.
    """
    pairs = (pair.partition(b"=") for pair in body.replace(b"+", b" ").split(b"&") if pair)
    return [(_unquoted(key), _unquoted(value)) for key, _, value in pairs]


def _unquoted(part: bytes) -> bytes:
    return unquote_to_bytes(part) if b"%" in part else part


def read_form(body: bytes) -> Mapping[str, str]:
    """First value of each parameter as text; bad UTF-8 and NUL (which Postgres refuses) become U+FFFD."""
    fields: dict[str, str] = {}
    for key, value in form_pairs(body):
        fields.setdefault(_text(key), _text(value))
    return fields


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").replace("\x00", "\ufffd")
