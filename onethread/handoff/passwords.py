"""Makes and checks argon2id password hashes, outside the event loop and few at a time."""

from __future__ import annotations

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
LONGEST = 200


class PasswordUnfit(ValueError):
    """The password cannot be taken; the text says why."""


class Passwords:
    """One hasher per process; a hash costs 64 MiB, so at most two are made at once."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._at_once = asyncio.Semaphore(2)
        # Checked when there is nobody with that e-mail, so that the answer takes as long.
        self._nobody = self._hasher.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        """The hash to keep.

        Raises:
            PasswordUnfit: too short or too long.
        """
        if not SHORTEST <= len(password) <= LONGEST:
            raise PasswordUnfit(f"A password has {SHORTEST} to {LONGEST} characters.")
        async with self._at_once:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def fits(self, password: str, kept: str | None) -> bool:
        """Whether it is the password of this hash; None: of nobody, just as slowly."""
        async with self._at_once:
            fits = await asyncio.to_thread(self._check, password[:LONGEST], kept or self._nobody)
        return fits and kept is not None

    def _check(self, password: str, kept: str) -> bool:
        try:
            return self._hasher.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False
