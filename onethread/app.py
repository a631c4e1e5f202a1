"""The composition root: every part of the house is made here, and tests hand in their own by keyword."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from redis.asyncio import Redis

from connectors.contract import Connector, UnknownAccount
from connectors.registry import build as build_connectors
from onethread.conversations.texts import HouseTexts
from onethread.dialogue.rasa_client import RasaClient
from onethread.fanout import Fanout
from onethread.ingress.bodies import BodyVault
from onethread.ingress.words import local_stops
from onethread.media.fetching import Fetcher
from onethread.media.library import Library
from onethread.media.links import Links
from onethread.orders import ShopEffects
from onethread.orders.demo_effects import DemoShopEffects
from onethread.settings import Settings, environment
from onethread.storage.engine import Engines, open_engines

_VALKEY_S = 2.0


@dataclass(frozen=True, slots=True)
class House:
    """One process's share of the house. Nothing connects before it is used."""

    settings: Settings
    engines: Engines
    connectors: Mapping[tuple[str, str], Connector]
    valkey: Redis
    fanout: Fanout
    rasa: RasaClient
    vault: BodyVault
    texts: HouseTexts
    shop: ShopEffects
    library: Library
    links: Links
    fetcher: Fetcher

    @classmethod
    def build(
        cls,
        settings: Settings,
        *,
        connectors: Mapping[tuple[str, str], Connector] | None = None,
        rasa: RasaClient | None = None,
        valkey: Redis | None = None,
        texts: HouseTexts | None = None,
        shop: ShopEffects | None = None,
        fetcher: Fetcher | None = None,
    ) -> Self:
        """The house these settings describe. Raises on half a connector's section and on texts amiss."""
        local_stops()  # a list nobody can read is told at the start, not at somebody's STOP
        valkey = valkey or Redis.from_url(
            settings.redis_url, socket_timeout=_VALKEY_S, socket_connect_timeout=_VALKEY_S
        )
        return cls(
            settings=settings,
            engines=open_engines(
                settings.database_url,
                lane_slots=settings.lane_slots,
                turn_deadline_s=settings.turn_deadline_s,
            ),
            connectors=build_connectors(environment()) if connectors is None else connectors,
            valkey=valkey,
            fanout=Fanout(valkey),
            rasa=rasa or RasaClient(settings.rasa_urls, settings.internal_secret.get_secret_value()),
            vault=BodyVault(settings.secret_key.get_secret_value()),
            texts=texts or HouseTexts.load(),
            shop=shop or DemoShopEffects(settings.database_url),
            library=Library.of(settings),
            links=Links(settings.secret_key.get_secret_value(), settings.public_url),
            fetcher=fetcher or Fetcher(),
        )

    @property
    def session_idle(self) -> timedelta:
        """After so long without a turn a session starts anew."""
        return timedelta(seconds=self.settings.session_idle_s)

    def connector(self, key: str, account: str) -> Connector:
        """The door of this name; raises `UnknownAccount`."""
        try:
            return self.connectors[key, account]
        except KeyError:
            raise UnknownAccount(f"no account {account!r} of {key!r} is configured") from None

    async def close(self) -> None:
        """Give every connection back."""
        await self.fanout.close()
        await self.rasa.close()
        for door in self.connectors.values():
            await door.close()
        await self.valkey.aclose()
        await self.engines.close()
