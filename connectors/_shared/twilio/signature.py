"""Step "verify": is this request really Twilio's?

`X-Twilio-Signature` = base64(HMAC-SHA1(auth token, URL + every parameter's key and value, sorted)). A JSON
body is not part of it; the URL then carries its hash as `bodySHA256`. Twilio signs with or without the URL's
port, so both count. Source: Twilio "Webhooks security" and twilio-python 9.13 `RequestValidator`, 2026-11.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from connectors.contract import SignatureInvalid, WebhookRequest

from .form import Pairs, form_pairs

HEADER = "x-twilio-signature"


def verify_signature(request: WebhookRequest, tokens: Iterable[str]) -> None:
    """Raise `SignatureInvalid` unless one of `tokens` (current, previous) signed this request.

    Every token and every URL form is tried in constant time, so the time tells nothing about any of them.
    """
    given = request.headers.get(HEADER, "").encode("latin-1", "replace")
    pairs = _signed_pairs(request)
    valid = False
    for token in tokens:
        for url in _url_forms(request.url):
            valid |= hmac.compare_digest(sign(url, pairs, token), given)
    if not valid:
        raise SignatureInvalid("X-Twilio-Signature does not fit")


def sign(url: str, pairs: Pairs, token: str) -> bytes:
    """The signature of a request; a parameter given twice with one value counts once."""
    signed = url.encode() + b"".join(key + value for key, value in sorted(set(pairs)))
    return base64.b64encode(hmac.new(token.encode(), signed, hashlib.sha1).digest())


def _signed_pairs(request: WebhookRequest) -> Pairs:
    hashes = [value for key, value in parse_qsl(urlsplit(request.url).query) if key == "bodySHA256"]
    if not hashes or "form-urlencoded" in request.headers.get("content-type", ""):
        return form_pairs(request.body)
    found = hashlib.sha256(request.body).hexdigest()
    if not hmac.compare_digest(found.encode(), hashes[0].encode()):
        raise SignatureInvalid("bodySHA256 does not fit")
    return []


def _url_forms(url: str) -> tuple[str, str, str]:
    """The URL as it is, without a port, and with one (its own, or its scheme's)."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    login = parts.netloc[: len(parts.netloc) - len(host)]
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return (
        url,
        urlunsplit(parts._replace(netloc=f"{login}{name}")),
        urlunsplit(parts._replace(netloc=f"{login}{name}:{port}")),
    )
