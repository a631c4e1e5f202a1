"""Step "send": what each error of the Telegram library means for the house.

The library's own sentences are never kept: some repeat the token. `telegram.error`, version 22.8.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from datetime import timedelta

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    PassportDecryptionError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

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

# Durations of the library as timedelta, which it will make them; without it each 429 warns.
os.environ.setdefault("PTB_TIMEDELTA", "true")
# Nothing of the request has left when one of these is the cause.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
# Telegram tells 400s apart by their sentence only; a sentence of ours would be of no use to the person.
_NOBODY = re.compile(
    r"chat not found|user not found|peer_id_invalid|chat_id is empty|user is deactivated|user_is_blocked"
    r"|input_user_deactivated|chat_write_forbidden|not enough rights|have no rights|bot was blocked",
    re.I,
)
_FILE = re.compile(
    r"failed to get http url content|wrong file identifier/http url|wrong remote file id"
    r"|wrong type of the web page|webpage_curl_failed|webpage_media_empty|photo_invalid_dimensions"
    r"|image_process_failed|file is too big",
    re.I,
)
_STATUS = re.compile(r"\((\d{3})\)")


def send_error(error: TelegramError) -> SendError:
    """What the house does about this error of a request that sends."""
    for kind in type(error).__mro__:
        if kind in MEANINGS:
            return MEANINGS[kind](error)
    raise AssertionError("every class of the library derives from TelegramError")


def _retry_after(error: TelegramError) -> SendError:
    assert isinstance(error, RetryAfter)  # noqa: S101 - the table's key says so
    wait = error.retry_after
    seconds = wait.total_seconds() if isinstance(wait, timedelta) else wait
    # Telegram does not say whether it is this chat's limit or the bot's: the others find out by themselves.
    return RateLimited("Telegram asks to wait", code="429", retry_after=float(seconds))


def _bad_request(error: TelegramError) -> SendError:
    if _NOBODY.search(error.message):
        return RecipientUnreachable("Telegram knows no such chat, or may not write to it", code="400")
    if _FILE.search(error.message):
        return FileRejected("Telegram could not fetch the file, or does not take it", code="400")
    return ContentRejected("Telegram refused the message", code="400")


def _network(error: TelegramError) -> SendError:
    """No answer at all has a cause; an answer that is no success has none, and maybe its status in words."""
    cause = error.__cause__
    name = type(cause).__name__
    if isinstance(cause, _NOT_SENT):
        return PlatformUnavailable(f"could not connect to Telegram ({name})")
    if isinstance(error, TimedOut) or not isinstance(cause, TelegramError | None):
        return OutcomeUnknown(f"no clear answer from Telegram ({name})")
    found = _STATUS.search(error.message)
    return _by_status(int(found[1]) if found else 500)


def _by_status(status: int) -> SendError:
    if status == 429:
        return RateLimited("too many requests", code="429")
    if status in (408, 504):
        return OutcomeUnknown("Telegram gave up waiting for itself", code=str(status))
    if 400 <= status < 500:
        return ContentRejected("Telegram refused the message", code=str(status))
    return PlatformUnavailable("Telegram could not serve", code=str(status))


def _unclear(error: TelegramError) -> SendError:
    return OutcomeUnknown(f"Telegram's answer could not be read ({type(error).__name__})")


MEANINGS: Mapping[type, Callable[[TelegramError], SendError]] = {
    BadRequest: _bad_request,
    ChatMigrated: lambda _: RecipientUnreachable("the chat has become another one", code="400"),
    Conflict: lambda _: PlatformUnavailable("somebody else fetches this bot's updates", code="409"),
    EndPointNotFound: lambda _: ContentRejected("Telegram knows no such method", code="404"),
    Forbidden: lambda _: RecipientUnreachable("the person blocked the bot, or is gone", code="403"),
    InvalidToken: lambda _: CredentialsRejected("Telegram refused the bot's token", code="401"),
    NetworkError: _network,
    PassportDecryptionError: _unclear,
    RetryAfter: _retry_after,
    TelegramError: _unclear,
    TimedOut: _network,
}
