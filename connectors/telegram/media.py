"""Step "fetch media": where a file that Telegram holds can be fetched.

The address carries the bot's token and lives an hour; bots are given files of up to 20 MB
(core.telegram.org/bots/api#getfile, read 2026-11).
"""

from __future__ import annotations

from urllib.parse import urlsplit

from connectors.contract import Final, MediaSource

from .settings import Settings


def source(url: str | None, settings: Settings) -> MediaSource:
    """The address as it may be asked; raises `Final` when Telegram gave none."""
    if not url:
        raise Final("Telegram does not have the file any more")
    return MediaSource(url=url, hosts=(urlsplit(settings.api_url).netloc,))
