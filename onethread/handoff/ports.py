"""What the desk needs of the house; the composition root gives it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from redis.asyncio import Redis

from connectors.contract import Connector
from onethread.conversations.texts import HouseTexts
from onethread.fanout import Fanout
from onethread.media.library import Library
from onethread.media.links import Links
from onethread.settings import Settings
from onethread.storage.engine import Engines


class DeskHouse(Protocol):
    """The parts of a process that the desk's pages use."""

    @property
    def settings(self) -> Settings: ...
    @property
    def engines(self) -> Engines: ...
    @property
    def connectors(self) -> Mapping[tuple[str, str], Connector]: ...
    @property
    def valkey(self) -> Redis: ...
    @property
    def fanout(self) -> Fanout: ...
    @property
    def texts(self) -> HouseTexts: ...
    @property
    def library(self) -> Library: ...
    @property
    def links(self) -> Links: ...

    def connector(self, key: str, account: str) -> Connector:
        """The door of this name; raises `UnknownAccount`."""
