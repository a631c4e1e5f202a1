"""Step "fetch media": where a file that Meta holds can be fetched.

An id gives an address that lives five minutes and asks for the same token
(developers.facebook.com/docs/whatsapp/cloud-api/reference/media, read 2026-11).
"""

from __future__ import annotations

from urllib.parse import urlsplit

from connectors._shared.rest import Answer
from connectors.contract import Final, MediaSource

from .settings import Settings

_META = ("lookaside.fbsbx.com", ".fbsbx.com", ".fbcdn.net", ".whatsapp.net")


def source(answer: Answer, settings: Settings) -> MediaSource:
    """What Meta says of a file, as an address; raises `Final` when there is none in it."""
    url = answer.body.get("url")
    if not isinstance(url, str) or not url:
        raise Final("Meta does not have the file any more")
    api = urlsplit(settings.api_url)
    return MediaSource(
        url=url,
        headers={"Authorization": f"Bearer {settings.access_token.get_secret_value()}"},
        hosts=_META if api.hostname == "graph.facebook.com" else (api.netloc,),
    )
