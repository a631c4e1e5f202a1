from __future__ import annotations

import pytest

from connectors._shared.twilio.errors import MEANINGS, receipt_action, send_error
from connectors.contract import (
    ContentRejected,
    CredentialsRejected,
    FileRejected,
    Final,
    NotDelivered,
    OptedOut,
    OutcomeUnknown,
    PlatformUnavailable,
    RateLimited,
    RecipientAway,
    RecipientUnreachable,
    SendError,
    TemplateRejected,
    WindowClosed,
)


@pytest.mark.parametrize("code", MEANINGS)
def test_every_known_code_has_one_meaning_for_sends_and_for_receipts(code: str) -> None:
    error = send_error(400, code, None)
    assert type(error) is MEANINGS[code].action
    assert receipt_action(code) == type(error).__name__
    assert error.code == code


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("20003", CredentialsRejected),
        ("21606", CredentialsRejected),
        ("21611", RateLimited),
        ("30001", RateLimited),
        ("21211", RecipientUnreachable),
        ("21614", RecipientUnreachable),
        ("21610", OptedOut),
        ("63014", OptedOut),
        ("30003", RecipientAway),
        ("30008", NotDelivered),
        ("21617", ContentRejected),
        ("63019", FileRejected),
        ("21655", TemplateRejected),
        ("21656", TemplateRejected),
        ("63027", TemplateRejected),
        ("63028", TemplateRejected),
        ("63016", WindowClosed),
    ],
)
def test_a_code_says_what_to_do(code: str, kind: type[SendError]) -> None:
    assert type(send_error(400, code, None)) is kind


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (302, PlatformUnavailable),
        (400, Final),
        (401, CredentialsRejected),
        (403, CredentialsRejected),
        (404, CredentialsRejected),
        (408, OutcomeUnknown),
        (429, RateLimited),
        (500, PlatformUnavailable),
        (503, PlatformUnavailable),
        (504, OutcomeUnknown),
        (200, OutcomeUnknown),
    ],
)
def test_the_status_speaks_where_the_code_does_not(status: int, kind: type[SendError]) -> None:
    assert isinstance(send_error(status, None, None), kind)
    assert isinstance(send_error(status, "12345", None), kind)


def test_a_receipt_without_a_code_asks_for_nothing() -> None:
    assert receipt_action(None) is None
    assert receipt_action("12345") is None
