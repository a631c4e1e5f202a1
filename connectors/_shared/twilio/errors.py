"""Step "send": what each Twilio error code means for the house.

Codes: twilio.com/docs/api/errors, read 2026-11.
"""

from __future__ import annotations

from connectors._shared.errors import Meaning, by_status
from connectors.contract import (
    ContentRejected,
    CredentialsRejected,
    FileRejected,
    Final,
    NotDelivered,
    OptedOut,
    PlatformUnavailable,
    RateLimited,
    RecipientAway,
    RecipientUnreachable,
    SendError,
    TemplateRejected,
    WindowClosed,
)

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
    "63001": Meaning(CredentialsRejected, "WhatsApp refused the sender's registration"),
    "63007": Meaning(CredentialsRejected, "the account has no such WhatsApp sender"),
    "63020": Meaning(CredentialsRejected, "Twilio's invitation to the WhatsApp account is not accepted"),
    "21408": Meaning(Final, "sending to this region is not enabled in the Twilio account"),
    # -- the pace ----------------------------------------------------------------------------
    "20429": Meaning(RateLimited, "too many requests at once"),
    "21611": Meaning(RateLimited, "the sender number's queue is full"),
    "30001": Meaning(RateLimited, "the sender's queue overflowed"),
    "63017": Meaning(RateLimited, "too many messages a second"),
    "63018": Meaning(RateLimited, "too many messages a second"),
    "63010": Meaning(PlatformUnavailable, "WhatsApp gave no reason"),
    "63012": Meaning(PlatformUnavailable, "WhatsApp could not serve"),
    # -- the person --------------------------------------------------------------------------
    "21211": Meaning(RecipientUnreachable, "not a valid phone number"),
    "21217": Meaning(RecipientUnreachable, "not a valid phone number"),
    "21612": Meaning(RecipientUnreachable, "this number cannot be reached from ours"),
    "21614": Meaning(RecipientUnreachable, "not a mobile number"),
    "30005": Meaning(RecipientUnreachable, "unknown number"),
    "30006": Meaning(RecipientUnreachable, "a landline, or a carrier that cannot be reached"),
    "63003": Meaning(RecipientUnreachable, "not on WhatsApp"),
    "63024": Meaning(RecipientUnreachable, "not a valid WhatsApp recipient"),
    "21610": Meaning(OptedOut, "this person sent STOP"),
    "63014": Meaning(OptedOut, "this person blocked us"),
    "30003": Meaning(RecipientAway, "the handset could not be reached"),
    "30008": Meaning(NotDelivered, "the carrier gave no reason"),
    # -- the message -------------------------------------------------------------------------
    "21602": Meaning(ContentRejected, "the text is empty"),
    "21617": Meaning(ContentRejected, "the text is over 1600 characters"),
    "21619": Meaning(ContentRejected, "there is neither text nor media"),
    "30004": Meaning(ContentRejected, "blocked by the carrier or the person"),
    "30007": Meaning(ContentRejected, "filtered by the carrier"),
    "21620": Meaning(FileRejected, "Twilio could not fetch the file"),
    "21655": Meaning(TemplateRejected, "Twilio does not know the template"),
    "21656": Meaning(TemplateRejected, "the template's variables do not fit"),
    "63005": Meaning(ContentRejected, "WhatsApp refused the content"),
    "63013": Meaning(ContentRejected, "WhatsApp refused it for its policy"),
    "63019": Meaning(FileRejected, "WhatsApp could not fetch the file"),
    "63021": Meaning(ContentRejected, "WhatsApp refused the content"),
    "63027": Meaning(TemplateRejected, "no template of this name in this language"),
    "63028": Meaning(TemplateRejected, "the template wants another number of variables"),
    "63016": Meaning(WindowClosed, "free text is not allowed after 24 hours"),
    "63032": Meaning(Final, "WhatsApp keeps this person out for now"),
}


def send_error(status: int, code: str | None, retry_after: float | None) -> SendError:
    """The error of a create request that Twilio answered with HTTP `status` and error `code`."""
    meaning = MEANINGS.get(code or "") or by_status("Twilio", status)
    text = meaning.said(status, code)
    if meaning.action is RateLimited:
        # Twilio's limits on creating messages are the account's or the sender number's, never one customer's.
        return RateLimited(text, code=code, retry_after=retry_after, whole_account=True)
    return meaning.action(text, code=code)


def receipt_action(code: str | None) -> str | None:
    """Name of the class a failed status callback's code maps to; None when the code says nothing."""
    meaning = MEANINGS.get(code or "")
    return meaning.action.__name__ if meaning else None
