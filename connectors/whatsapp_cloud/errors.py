"""Step "send": what each of Meta's error codes means for the house.

Codes: developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes, read 2026-11.
"""

from __future__ import annotations

from connectors._shared.errors import Meaning, by_status
from connectors.contract import (
    AccountBlocked,
    ContentRejected,
    CredentialsRejected,
    FileRejected,
    Final,
    PlatformUnavailable,
    RateLimited,
    RecipientUnreachable,
    SendError,
    TemplateRejected,
    WindowClosed,
)

PAIR_RATE = "131056"
_PAIR_S = 6.0
"""One message each 6 s to one person."""
_PAIR_GROWTH = 4.0
"""Meta asks for waits of 4^n seconds."""
_NO_SUCH_OBJECT = 33
"""Subcode of code 100 when our phone number id is wrong, or not ours."""


MEANINGS: dict[str, Meaning] = {
    # -- the account -------------------------------------------------------------------------
    "0": Meaning(CredentialsRejected, "Meta refused the access token"),
    "3": Meaning(CredentialsRejected, "the app may not do this"),
    "10": Meaning(CredentialsRejected, "the access token may not do this"),
    "190": Meaning(CredentialsRejected, "the access token has expired or was revoked"),
    "368": Meaning(AccountBlocked, "Meta has blocked the account for a policy violation"),
    "131005": Meaning(CredentialsRejected, "the access token may not do this"),
    "131031": Meaning(AccountBlocked, "Meta has locked the account"),
    "131037": Meaning(CredentialsRejected, "the number's display name is not approved"),
    "131042": Meaning(AccountBlocked, "Meta wants a working payment method"),
    "131045": Meaning(CredentialsRejected, "the number is not registered"),
    "131048": Meaning(AccountBlocked, "Meta stopped the number because people reported it as spam"),
    "133010": Meaning(CredentialsRejected, "the number is not registered"),
    # -- the pace ----------------------------------------------------------------------------
    "4": Meaning(RateLimited, "the app makes too many requests"),
    "80007": Meaning(RateLimited, "the WhatsApp account makes too many requests"),
    "130429": Meaning(RateLimited, "too many messages a second"),
    "131064": Meaning(RateLimited, "the account has reached its messaging limit"),
    "133016": Meaning(RateLimited, "too many registrations"),
    PAIR_RATE: Meaning(RateLimited, "too many messages to this person"),
    "1": Meaning(PlatformUnavailable, "Meta gave no reason"),
    "2": Meaning(PlatformUnavailable, "Meta could not serve"),
    "131000": Meaning(PlatformUnavailable, "Meta gave no reason"),
    "131016": Meaning(PlatformUnavailable, "Meta could not serve"),
    "131057": Meaning(PlatformUnavailable, "the account is in maintenance"),
    # -- the person --------------------------------------------------------------------------
    "131021": Meaning(RecipientUnreachable, "sender and recipient are the same number"),
    "131026": Meaning(RecipientUnreachable, "not on WhatsApp, or cannot get this message there"),
    "131030": Meaning(RecipientUnreachable, "a test number writes only to numbers on its list"),
    "130472": Meaning(Final, "Meta keeps this person out of reach for an experiment"),
    "130497": Meaning(Final, "this account may not write to that country"),
    "131049": Meaning(Final, "Meta limits how much marketing this person gets"),
    "131050": Meaning(Final, "this person stopped marketing messages"),
    "131062": Meaning(Final, "this message cannot go to a person without a phone number"),
    "137000": Meaning(Final, "the person's identity has changed"),
    # -- the message -------------------------------------------------------------------------
    "131047": Meaning(WindowClosed, "free text is not allowed after 24 hours"),
    "100": Meaning(ContentRejected, "Meta did not understand the request"),
    "131008": Meaning(ContentRejected, "Meta misses a parameter"),
    "131009": Meaning(ContentRejected, "Meta refused a parameter"),
    "131051": Meaning(FileRejected, "Meta does not know this type of message"),
    "131052": Meaning(FileRejected, "Meta could not fetch the file"),
    "131053": Meaning(FileRejected, "Meta could not take the file"),
    "135000": Meaning(ContentRejected, "Meta refused a parameter"),
}


def send_error(
    status: int, code: str | None, retry_after: float | None, *, subcode: object = None
) -> SendError:
    """The error of a send that Meta answered with HTTP `status` and error `code`."""
    meaning = _by_code(code) or by_status("Meta", status)
    if code == "100" and subcode == _NO_SUCH_OBJECT:
        meaning = Meaning(CredentialsRejected, "Meta does not know WHATSAPP_PHONE_NUMBER_ID, or not as ours")
    text = meaning.said(status, code)
    if meaning.action is RateLimited:
        if code == PAIR_RATE:
            return RateLimited(
                text, code=code, retry_after=max(retry_after or 0.0, _PAIR_S), growth=_PAIR_GROWTH
            )
        return RateLimited(text, code=code, retry_after=retry_after, whole_account=True)
    return meaning.action(text, code=code)


def receipt_action(code: str | None) -> str | None:
    """Name of the class a failed status's code maps to; None when the code says nothing."""
    meaning = _by_code(code)
    return meaning.action.__name__ if meaning else None


def _by_code(code: str | None) -> Meaning | None:
    if not code:
        return None
    if meaning := MEANINGS.get(code):
        return meaning
    if code.startswith("132") and len(code) == 6:
        return Meaning(TemplateRejected, "Meta refused the template")
    if code.startswith("2") and len(code) == 3:
        return Meaning(CredentialsRejected, "the access token may not do this")
    return None
