"""Step "fetch media": where a file that Twilio holds can be fetched.

A media address asks for the account's credentials and redirects to a signed one
(twilio.com/docs/messaging/api/media-resource, read 2026-11).
"""

from __future__ import annotations

import base64
import re
from urllib.parse import urlsplit

from connectors.contract import Final, MediaRef, MediaSource

from .settings import TwilioSettings

_PATH = re.compile(r"/2010-04-01/Accounts/(\w+)/Messages/\w+/Media/\w+")
# Regions have names of their own, such as api.dublin.ie1.twilio.com.
_API = re.compile(r"(https://api(?:\.[a-z0-9-]+)*\.twilio\.com)(/.*)")
# Where such redirects lead: Twilio's own, and the store its older files are in.
_REDIRECTS = (".twiliocdn.com", ".twilio.com", "s3-external-1.amazonaws.com")


def locate(settings: TwilioSettings, item: MediaRef) -> MediaSource:
    """Raises `Final` for any address but this account's own media at Twilio's API.

    The credentials go along, and whoever can make up a webhook must not choose where to.
    """
    found = _PATH.fullmatch(_path(settings, item.ref))
    if found is None or found[1] != settings.account_sid:
        raise Final("the file is not in this account's store at Twilio")
    login = f"{settings.account_sid}:{settings.auth_token.get_secret_value()}"
    return MediaSource(
        url=item.ref,
        headers={"Authorization": f"Basic {base64.b64encode(login.encode()).decode()}"},
        hosts=(urlsplit(item.ref).netloc, *(_REDIRECTS if settings.is_real else ())),
    )


def _path(settings: TwilioSettings, url: str) -> str:
    """The path at the API; nothing when it is at another host."""
    if settings.is_real and (found := _API.fullmatch(url)):
        return found[2]
    return url.removeprefix(settings.api_url) if url.startswith(settings.api_url) else ""
