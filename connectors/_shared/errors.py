"""Step "send": what a vendor's error code means, and what an HTTP status means where no code says more."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.contract import (
    ContentRejected,
    CredentialsRejected,
    OutcomeUnknown,
    PlatformUnavailable,
    RateLimited,
    SendError,
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """`action` is the class the house acts on; `reason` is for people."""

    action: type[SendError]
    reason: str

    def said(self, status: int, code: str | None) -> str:
        """The sentence of such an error. The vendor's own is never kept: it repeats customers' numbers."""
        return f"{self.reason} (HTTP {status}, code {code or 'none'})"


def by_status(platform: str, status: int) -> Meaning:
    """What the answer to a request that asked for a send means by its HTTP status alone."""
    if status in (401, 403, 404):
        return Meaning(CredentialsRejected, f"{platform} refused the account")
    if status == 429:
        return Meaning(RateLimited, "too many requests")
    if status in (408, 504):
        return Meaning(OutcomeUnknown, f"{platform} gave up waiting for itself")
    if status >= 500 or 300 <= status < 400:
        return Meaning(PlatformUnavailable, f"{platform} could not serve")
    if status >= 400:
        return Meaning(ContentRejected, f"{platform} refused the message")
    return Meaning(OutcomeUnknown, f"{platform}'s answer could not be read")
