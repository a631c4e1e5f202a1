"""The doors that Twilio carries, wired, as far as they are alike."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace

from connectors.contract import Address, MediaRef, MediaSource, Missed, Part, PayloadInvalid, Sent

from .client import TwilioClient
from .media import locate
from .messages import Read
from .settings import TwilioSettings


class TwilioDoor:
    """What a `Connector` sends, `LooksUpSends`, `ListsInbound`, `LocatesMedia` and `ChecksCredentials`."""

    def __init__(self, settings: TwilioSettings, client: TwilioClient, read: Read) -> None:
        self.account = settings.account
        self._settings, self._client, self._read = settings, client, read

    async def send(self, to: Address, part: Part, *, oid: str) -> Sent:
        return Sent(await self._client.send(to.key, part, oid=oid))

    async def look_up(
        self, to: Address, part: Part, *, oid: str, since: float, taken: Collection[str] = ()
    ) -> Sent | None:
        found = await self._client.find(to.key, part, since=since, taken=taken)
        return Sent(found) if found else None

    async def list_inbound(self, since: float) -> Sequence[Missed]:
        missed: list[Missed] = []
        for found in await self._client.received(since):
            with suppress(PayloadInvalid):  # Nobody is named; a webhook would have been no message either.
                message = self._read(self.account, found.fields, found.raw)
                missed.append(Missed(replace(message, provider_time=found.at), found.raw))
        return missed

    async def locate_media(self, item: MediaRef) -> MediaSource:
        return locate(self._settings, item)

    async def check(self) -> str:
        return await self._client.check()

    async def close(self) -> None:
        await self._client.close()
