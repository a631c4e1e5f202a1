"""Tokens that say "whoever shows this also has that address": minted, carried by a person, recognised. Pure.

A token is 59 letters of a URL, so that it fits a Telegram deep link (64): when it expires (4 bytes), the
address it speaks of (16), random bytes that make it one of a kind (8), and the house's seal (16).
It grants nothing by itself: whoever redeems it must see that it was not redeemed before.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

LIVES_S = 15 * 60
SUBJECT_BYTES = 16
NONCE_BYTES = 8
_EXPIRY_BYTES = 4
_SEAL_BYTES = 16
_LENGTH = 59
_PURPOSE = b"onethread link token v1"
_WORD = re.compile(rf"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{{{_LENGTH}}}(?![A-Za-z0-9_-])", re.ASCII)


@dataclass(frozen=True, slots=True)
class LinkToken:
    """What a genuine token says."""

    subject: bytes
    """The address it was given to, in the words of who minted it."""
    nonce: bytes
    """What is to be remembered once it is redeemed."""
    expires: int
    """Epoch seconds."""


class LinkTokens:
    """Mints and checks with a key made for nothing else."""

    def __init__(self, secret_key: str) -> None:
        self._key = hmac.digest(secret_key.encode(), _PURPOSE, hashlib.sha256)

    def mint(self, subject: bytes, nonce: bytes, now: float) -> str:
        """A token for this address, good for a quarter of an hour.

        Raises:
            ValueError: a length is not the one it must be.
        """
        if len(subject) != SUBJECT_BYTES or len(nonce) != NONCE_BYTES:
            raise ValueError("a token needs 16 bytes of subject and 8 of nonce")
        body = (int(now) + LIVES_S).to_bytes(_EXPIRY_BYTES) + subject + nonce
        return base64.urlsafe_b64encode(body + self._seal(body)).decode().rstrip("=")

    def check(self, word: str, now: float) -> LinkToken | None:
        """What the token says; None when it is not ours, was changed, or is over."""
        if not _WORD.fullmatch(word):
            return None
        raw = base64.urlsafe_b64decode(f"{word}=")
        body, seal = raw[:-_SEAL_BYTES], raw[-_SEAL_BYTES:]
        expires = int.from_bytes(body[:_EXPIRY_BYTES])
        genuine = hmac.compare_digest(seal, self._seal(body))
        # Several words decode to the same bytes; only the one that was minted counts.
        written = base64.urlsafe_b64encode(raw).decode().rstrip("=") == word
        if not genuine or not written or now >= expires:
            return None
        return LinkToken(
            subject=body[_EXPIRY_BYTES : _EXPIRY_BYTES + SUBJECT_BYTES],
            nonce=body[_EXPIRY_BYTES + SUBJECT_BYTES :],
            expires=expires,
        )

    def find(self, text: str, now: float) -> tuple[LinkToken, str] | None:
        """The first genuine token in a text, and the text without it; None when there is none."""
        for match in _WORD.finditer(text):
            token = self.check(match[0], now)
            if token is not None:
                return token, f"{text[: match.start()].rstrip()} {text[match.end() :].lstrip()}".strip()
        return None

    def _seal(self, body: bytes) -> bytes:
        return hmac.digest(self._key, body, hashlib.sha256)[:_SEAL_BYTES]
