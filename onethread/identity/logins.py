"""Reads the login token that a shop gives a signed-in visitor of its pages (a JWT). Pure.

Which algorithm counts is decided here by the key, never by the token (RFC 8725, section 3.1).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import jwt
from jwt import PyJWK, PyJWKSet

LEEWAY_S = 30
"""How far the shop's clock may be from ours."""
LONGEST_S = 3_600
"""A token that is good for longer than this is not taken: it would be worth stealing."""
TOKEN_MAX = 4_096
_SUBJECT_MAX = 200
_ALGORITHMS = {"RSA": "RS256", "EC": "ES256"}


class LoginRefused(Exception):
    """Not a token of this shop for this house and this moment; the text says why, for the shop's log."""


class LoginKeysInvalid(ValueError):
    """The keys cannot be used; the text says why and holds none."""


@dataclass(frozen=True, slots=True)
class Login:
    """What a genuine token says of a visitor."""

    subject: str
    """The shop's own id of the person."""
    name: str
    email: str | None
    phone: str | None
    """E.164 as the shop has it; only when the token says it is verified."""
    digest: bytes
    """Of the whole token, to know it again."""
    expires: float
    """Epoch seconds."""


class LoginKeys:
    """The one secret, or the public keys, that a shop signs with."""

    def __init__(self, keys: Mapping[str, tuple[Any, str]], audience: str) -> None:
        self._keys = keys
        self._audience = audience

    @classmethod
    def of_secret(cls, secret: str, audience: str) -> Self:
        """HS256.

        Raises:
            LoginKeysInvalid: it is too short to be guessed for ever in vain.
        """
        if len(secret.encode()) < 32:
            raise LoginKeysInvalid("needs at least 32 bytes")
        return cls({"": (secret, "HS256")}, audience)

    @classmethod
    def of_file(cls, path: Path, audience: str) -> Self:
        """RS256 or ES256, with the keys of a JWKS file (RFC 7517).

        Raises:
            LoginKeysInvalid: it cannot be read, or has no key of these kinds.
        """
        try:
            found = PyJWKSet.from_dict(json.loads(path.read_text("utf-8"))).keys
        except (OSError, ValueError, TypeError, AttributeError, jwt.PyJWTError) as error:
            raise LoginKeysInvalid(f"is no readable JWKS file ({type(error).__name__})") from None
        keys = {key.key_id or "": (key, algorithm) for key in found if (algorithm := _algorithm(key))}
        if not keys:
            raise LoginKeysInvalid("has no RSA or P-256 key")
        return cls(keys, audience)

    def read(self, token: str, now: float) -> Login:
        """What the token says.

        Raises:
            LoginRefused: not signed by the shop, for somebody else, too early, over, or too long-lived.
        """
        if len(token) > TOKEN_MAX:
            raise LoginRefused("too long")
        try:
            key, algorithm = self._key_of(jwt.get_unverified_header(token))
            claims = jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                audience=self._audience,
                # Times are checked below, by the clock we are given.
                options={
                    "require": ["exp", "aud", "sub"],
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise LoginRefused(type(error).__name__) from None
        return _login(claims, token, now)

    def _key_of(self, header: Mapping[str, Any]) -> tuple[Any, str]:
        named = str(header.get("kid") or "")
        if named in self._keys:
            return self._keys[named]
        if len(self._keys) == 1 and ("" in self._keys or not named):
            return next(iter(self._keys.values()))
        raise LoginRefused("signed with a key that is not known")


def _algorithm(key: PyJWK) -> str | None:
    return key.algorithm_name if key.algorithm_name in _ALGORITHMS.values() else None


def _login(claims: Mapping[str, Any], token: str, now: float) -> Login:
    expires = _time(claims, "exp", 0.0)
    if expires <= now - LEEWAY_S:
        raise LoginRefused("over")
    if expires > now + LONGEST_S + LEEWAY_S:
        raise LoginRefused("good for more than an hour")
    if _time(claims, "nbf", now) > now + LEEWAY_S or _time(claims, "iat", now) > now + LEEWAY_S:
        raise LoginRefused("not good yet")
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= _SUBJECT_MAX or "\x00" in subject:
        raise LoginRefused("no usable subject")
    return Login(
        subject=subject,
        name=_word(claims, "name")[:80],
        email=_word(claims, "email") or None if claims.get("email_verified") is True else None,
        phone=_word(claims, "phone_number") or None if claims.get("phone_number_verified") is True else None,
        digest=hashlib.sha256(token.encode()).digest(),
        expires=expires,
    )


def _time(claims: Mapping[str, Any], name: str, otherwise: float) -> float:
    value = claims.get(name, otherwise)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise LoginRefused(f"{name} is no time")
    return float(value)


def _word(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value.strip() if isinstance(value, str) and "\x00" not in value and len(value) <= 254 else ""
