"""What a door may raise, and what the house does next.

A class exists only where some caller acts differently on it; data to act on is an attribute.
"""

from __future__ import annotations


class ConnectorError(Exception):
    """Base of everything a connector raises on purpose."""


# -- inbound ---------------------------------------------------------------------------------


class InboundError(ConnectorError):
    """A webhook that is not accepted as it stands."""


class SignatureInvalid(InboundError):
    """Not proved to come from the platform: answer 403, leave no row."""


class UnknownAccount(InboundError):
    """The path or payload names an account this house does not have: answer 404."""


class PayloadInvalid(InboundError):
    """Signed, but not understood: keep it as a dead row and answer 200, so it is not redelivered."""


# -- sending ---------------------------------------------------------------------------------


class SendError(ConnectorError):
    """A send that did not end in `sent`. `code` is the vendor's own code, for people."""

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code


class Retryable(SendError):
    """Surely not sent, and worth trying again."""


class RateLimited(Retryable):
    """The platform asks to wait `retry_after` seconds (None: it did not say).

    `whole_account`: the limit is the account's, so its other addresses wait too. `growth`: each further wait
    is so many times as long.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        retry_after: float | None = None,
        whole_account: bool = False,
        growth: float = 2.0,
    ) -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after
        self.whole_account = whole_account
        self.growth = growth


class PlatformUnavailable(Retryable):
    """The platform could not be reached, or said it could not serve, before it took the message."""


class NotDelivered(Retryable):
    """A receipt's word: taken, and not delivered for what may pass. It is sent once more, much later."""


class RecipientAway(NotDelivered):
    """The handset could not be reached; when it cannot the second time, the address is undeliverable."""


class Final(SendError):
    """Surely not sent, and never will be: no retry."""


class RecipientUnreachable(Final):
    """The address cannot receive: mark it undeliverable."""


class WindowClosed(Final):
    """Free text is not allowed any more here; a template or a person is needed."""


class OptedOut(Final):
    """The platform knows that this person opted out: record it."""


class ContentRejected(Final):
    """The platform refused this very content."""


class FileRejected(ContentRejected):
    """The platform could not fetch the file, or does not take it: its link is said instead, once."""


class TemplateRejected(ContentRejected):
    """The platform refused the template itself: tell people, for nobody can be sent it."""


class CredentialsRejected(Final):
    """The account's credentials no longer work: stop the account, keep its queue."""


class AccountBlocked(CredentialsRejected):
    """The platform itself stopped the account (spam, a broken rule, no payment): it is rarely tried."""


class OutcomeUnknown(SendError):
    """The request left and no clear answer came: it may or may not have been sent. Never resend blindly."""
