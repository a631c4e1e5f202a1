from __future__ import annotations

import inspect

import httpx
import pytest
from telegram import error as library

from connectors.contract import (
    ContentRejected,
    CredentialsRejected,
    FileRejected,
    OutcomeUnknown,
    PlatformUnavailable,
    RateLimited,
    RecipientUnreachable,
    SendError,
)
from connectors.telegram.errors import MEANINGS, send_error

CLASSES = {
    found for _, found in inspect.getmembers(library, inspect.isclass) if found.__module__ == library.__name__
}


def because(error: library.TelegramError, cause: Exception) -> library.TelegramError:
    error.__cause__ = cause
    return error


def test_every_class_of_the_library_has_a_meaning_of_its_own() -> None:
    assert CLASSES
    assert set(MEANINGS) == CLASSES


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (library.RetryAfter(7), RateLimited),
        (library.Forbidden("Forbidden: bot was blocked by the user"), RecipientUnreachable),
        (library.InvalidToken("Not Found"), CredentialsRejected),
        (library.BadRequest("Bad Request: chat not found"), RecipientUnreachable),
        (library.BadRequest("Bad Request: PEER_ID_INVALID"), RecipientUnreachable),
        (library.BadRequest("Bad Request: message is too long"), ContentRejected),
        (library.BadRequest("Bad Request: can't parse entities"), ContentRejected),
        (library.BadRequest("Bad Request: wrong file identifier/HTTP URL specified"), FileRejected),
        (library.BadRequest("Bad Request: failed to get HTTP URL content"), FileRejected),
        (library.ChatMigrated(-100), RecipientUnreachable),
        (library.Conflict("terminated by other getUpdates request"), PlatformUnavailable),
        (library.EndPointNotFound("x"), ContentRejected),
        (library.PassportDecryptionError("x"), OutcomeUnknown),
        (library.TelegramError("Invalid server response"), OutcomeUnknown),
        (library.TimedOut(), OutcomeUnknown),
        (because(library.TimedOut(), httpx.ReadTimeout("x")), OutcomeUnknown),
        (because(library.TimedOut(), httpx.ConnectTimeout("x")), PlatformUnavailable),
        (because(library.TimedOut(), httpx.PoolTimeout("x")), PlatformUnavailable),
        (because(library.NetworkError("x"), httpx.ConnectError("x")), PlatformUnavailable),
        (because(library.NetworkError("x"), httpx.ReadError("x")), OutcomeUnknown),
        (because(library.NetworkError("x"), httpx.RemoteProtocolError("x")), OutcomeUnknown),
        (because(library.NetworkError("x"), RuntimeError("x")), OutcomeUnknown),
        (library.NetworkError("Internal Server Error"), PlatformUnavailable),
        (library.NetworkError("Internal Server Error (500)"), PlatformUnavailable),
        (library.NetworkError("Bad Gateway (502)"), PlatformUnavailable),
        (library.NetworkError("Gateway Timeout (504)"), OutcomeUnknown),
        (library.NetworkError("Too Many Requests (429)"), RateLimited),
        (library.NetworkError("Found (302)"), PlatformUnavailable),
        (library.NetworkError("Request Entity Too Large (413)"), ContentRejected),
    ],
    ids=lambda value: str(value)[:40],
)
def test_an_error_says_what_to_do(error: library.TelegramError, outcome: type[SendError]) -> None:
    found = send_error(error)
    assert type(found) is outcome
    assert error.message not in str(found)


def test_a_new_class_of_the_library_means_what_its_parent_means() -> None:
    class Blocked(library.Forbidden):
        pass

    assert isinstance(send_error(Blocked("x")), RecipientUnreachable)


def test_how_long_to_wait_is_kept() -> None:
    found = send_error(library.RetryAfter(7))
    assert isinstance(found, RateLimited)
    assert (found.retry_after, found.whole_account) == (7.0, False)
