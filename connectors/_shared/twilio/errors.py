"""Step "send": what each Twilio error code means for the house.

Codes: twilio.com/docs/api/errors, read 2026-11. The vendor's own sentence is never kept: it repeats the
customer's number.
"""

from __future__ import annotations

from dataclasses import dataclass

from connectors.contract import (
    ContentRejected,
    CredentialsRejected,
    Final,
    OptedOut,
    OutcomeUnknown,
    PlatformUnavailable,
    RateLimited,
    RecipientUnreachable,
    SendError,
    WindowClosed,
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """`action` is the class the house acts on; `reason` is for people."""

    action: type[SendError]
    reason: str


MEANINGS: dict[str, Meaning] = {
    # -- the account -------------------------------------------------------------------------
    "20003": Meaning(CredentialsRejected, "Twilio refused the account's credentials"),
    "20005": Meaning(CredentialsRejected, "the Twilio account is not active"),
    "20006": Meaning(CredentialsRejected, "the Twilio account may not do this"),
    "20404": Meaning(CredentialsRejected, "Twilio does not know this account"),
    "21212": Meaning(CredentialsRejected, "the sender number is not valid"),
    "21603": Meaning(CredentialsRejected, "the sender number is missing"),
    "21606": Meaning(CredentialsRejected, "the sender number does not belong to the account"),
    "21609": Meaning(CredentialsRejected, "Twilio cannot reach ONETHREAD_PUBLIC_URL for status callbacks"),
    "21659": Meaning(CredentialsRejected, "the sender number does not belong to the account"),
    "21408": Meaning(Final, "sending to this region is not enabled in the Twilio account"),
    # -- the pace ----------------------------------------------------------------------------
    "20429": Meaning(RateLimited, "too many requests at once"),
    "21611": Meaning(RateLimited, "the sender number's queue is full"),
    "30001": Meaning(RateLimited, "the sender's queue overflowed"),
    "63017": Meaning(RateLimited, "too many messages a second"),
    "63018": Meaning(RateLimited, "too many messages a second"),
    # -- the person --------------------------------------------------------------------------
    "21211": Meaning(RecipientUnreachable, "not a valid phone number"),
    "21217": Meaning(RecipientUnreachable, "not a valid phone number"),
    "21612": Meaning(RecipientUnreachable, "this number cannot be reached from ours"),
    "21614": Meaning(RecipientUnreachable, "not a mobile number"),
    "30005": Meaning(RecipientUnreachable, "unknown number"),
    "30006": Meaning(RecipientUnreachable, "a landline, or a carrier that cannot be reached"),
    "63024": Meaning(RecipientUnreachable, "not a valid WhatsApp recipient"),
    "21610": Meaning(OptedOut, "this person sent STOP"),
    "63014": Meaning(OptedOut, "this person blocked us"),
    "30003": Meaning(PlatformUnavailable, "the handset could not be reached"),
    "30008": Meaning(PlatformUnavailable, "the carrier gave no reason"),
    # -- the message -------------------------------------------------------------------------
    "21602": Meaning(ContentRejected, "the text is empty"),
    "21617": Meaning(ContentRejected, "the text is over 1600 characters"),
    "21619": Meaning(ContentRejected, "there is neither text nor media"),
    "30004": Meaning(ContentRejected, "blocked by the carrier or the person"),
    "30007": Meaning(ContentRejected, "filtered by the carrier"),
    "63016": Meaning(WindowClosed, "free text is not allowed after 24 hours"),
    "63032": Meaning(Final, "WhatsApp keeps this person out for now"),
}


def send_error(status: int, code: str | None, retry_after: float | None) -> SendError:
    """The error of a create request that Twilio answered with HTTP `status` and error `code`."""
    meaning = MEANINGS.get(code or "") or _by_status(status)
    text = f"{meaning.reason} (HTTP {status}, code {code or 'none'})"
    if meaning.action is RateLimited:
        # Twilio's limits on creating messages are the account's or the sender number's, never one customer's.
        return RateLimited(text, code=code, retry_after=retry_after, whole_account=True)
    return meaning.action(text, code=code)


def receipt_action(code: str | None) -> str | None:
    """Name of the class a failed status callback's code maps to; None when the code says nothing."""
    meaning = MEANINGS.get(code or "")
    return meaning.action.__name__ if meaning else None


def _by_status(status: int) -> Meaning:
    if status in (401, 403, 404):
        return Meaning(CredentialsRejected, "Twilio refused the account")
    if status == 429:
        return Meaning(RateLimited, "too many requests")
    if status in (408, 504):
        return Meaning(OutcomeUnknown, "Twilio gave up waiting for itself")
    if status >= 500 or 300 <= status < 400:
        return Meaning(PlatformUnavailable, "Twilio could not serve")
    if status >= 400:
        return Meaning(ContentRejected, "Twilio refused the message")
    return Meaning(OutcomeUnknown, "Twilio's answer could not be read")
