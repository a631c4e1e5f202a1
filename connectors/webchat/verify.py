"""Proves that a request was made by our own socket, which alone knows whose session a frame belongs to.

A browser never talks to the webhook path: the socket turns each accepted frame into a `WebhookRequest`
and signs it, so that web chat walks through the same ingress as every other door.
"""

from __future__ import annotations

import hashlib
import hmac

from connectors.contract import SignatureInvalid, WebhookRequest

ADDRESS_HEADER = "x-onethread-address"
SIGNATURE_HEADER = "x-onethread-signature"


def derive_key(secret: str) -> bytes:
    """The signing key of this door, apart from every other use of the house's secret."""
    return hmac.new(secret.encode(), b"webchat frame v1", hashlib.sha256).digest()


def _signature(key: bytes, account: str, address_key: str, body: bytes) -> str:
    signed = b"\n".join((account.encode(), address_key.encode(), body))
    return hmac.new(key, signed, hashlib.sha256).hexdigest()


def sign(key: bytes, *, account: str, address_key: str, body: bytes) -> WebhookRequest:
    """The request the house accepts for one frame of this session."""
    return WebhookRequest(
        method="POST",
        url="",
        account=account,
        query="",
        headers={
            ADDRESS_HEADER: address_key,
            SIGNATURE_HEADER: _signature(key, account, address_key, body),
        },
        body=body,
    )


def verify(key: bytes, request: WebhookRequest) -> None:
    """Returns when our socket signed this request.

    Raises:
        SignatureInvalid: anything else.
    """
    address_key = request.headers.get(ADDRESS_HEADER, "")
    given = request.headers.get(SIGNATURE_HEADER, "")
    expected = _signature(key, request.account, address_key, request.body)
    if not address_key or not hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode()):
        raise SignatureInvalid("not signed by the web chat socket")
