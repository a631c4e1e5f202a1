"""The contract: one required interface, and small optional ones the house asks for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from .capabilities import Capabilities
from .messages import (
    Address,
    Channel,
    InboundEvent,
    InboundMessage,
    MediaRef,
    OutboundMessage,
    Part,
    Sent,
    WebhookRequest,
)


@runtime_checkable
class Connector(Protocol):
    """One configured account of one platform.

    `verify`, `parse` and `render` are pure: no network, clock or database.
    """

    key: str
    """e.g. "twilio_sms"; also the webhook's path element."""
    account: str
    channel: Channel
    capabilities: Capabilities

    def verify(self, request: WebhookRequest) -> None:
        """Raise `SignatureInvalid` unless the platform made this request. Runs before `parse`."""

    def parse(self, request: WebhookRequest) -> Sequence[InboundEvent]:
        """Everything in a verified request, in order; an element not understood becomes `UNSUPPORTED`.

        Raises `PayloadInvalid` when nothing can be read at all.
        """

    def render(self, message: OutboundMessage) -> Sequence[Part]:
        """Split and degrade to this channel's limits. Must not lose text or cut a grapheme."""

    async def send(self, to: Address, part: Part, *, oid: str) -> Sent:
        """Make one platform request. `oid` goes along so that receipts can echo it.

        Raises a `SendError` subclass; `OutcomeUnknown` when the request left and no clear answer came.
        Must not retry by itself.
        """

    async def close(self) -> None:
        """Release connections."""


@runtime_checkable
class AnswersHandshake(Protocol):
    def handshake(self, request: WebhookRequest) -> str:
        """Body of the 200 answer to a GET; raises `SignatureInvalid`."""


@runtime_checkable
class LooksUpSends(Protocol):
    async def look_up(
        self, to: Address, part: Part, *, oid: str, since: float, taken: Collection[str] = ()
    ) -> Sent | None:
        """Ask the platform whether it has this message.

        `since`: epoch seconds of our request; `taken`: the platform's ids of other messages to this address,
        which may have the same text. Raises `Retryable` when it could not be asked.
        """


@runtime_checkable
class ShowsTyping(Protocol):
    async def typing(self, to: Address, *, message_id: str = "") -> None:
        """Show dots and, where a platform has both in one, that it was read. Best effort; must not raise.

        `message_id`: the platform's id of the message being answered.
        """


@dataclass(frozen=True, slots=True)
class MediaSource:
    """Where a file can be fetched now, and how."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Go to `hosts[0]` alone, never along with a redirect."""
    hosts: tuple[str, ...] = ()
    """The only hosts (with `:port` where it is not the scheme's own) a request may go to, redirects included;
    one that starts with a dot allows whatever ends in it."""


@runtime_checkable
class LocatesMedia(Protocol):
    async def locate_media(self, item: MediaRef) -> MediaSource:
        """Turn the platform's handle into an address; fetches nothing itself.

        Raises a `SendError`: `Retryable` to ask again later, `Final` when the platform has it no more.
        """


@dataclass(frozen=True, slots=True)
class Missed:
    """What a platform says it has received for us, and `raw`, its words."""

    message: InboundMessage
    raw: bytes


@runtime_checkable
class ListsInbound(Protocol):
    async def list_inbound(self, since: float) -> Sequence[Missed]:
        """Every message received since `since` (epoch s), oldest first, with the ids webhooks give them.

        Raises `SendError`.
        """


@runtime_checkable
class OffersLink(Protocol):
    async def link_with(self, token: str) -> str | None:
        """A link that opens a chat with this account, which then tells us `token`; None: there is none.

        `token`: at most 64 of `A-Za-z0-9_-`. Raises `SendError`.
        """


@runtime_checkable
class Reopens(Protocol):
    reopening: OutboundMessage | None
    """A template that asks a customer to write again, and its words; None: none is configured."""


@runtime_checkable
class AnswersTaps(Protocol):
    async def answer_tap(self, to: Address, detail: Mapping[str, object]) -> None:
        """Tell the app that a tap arrived, so that it stops waiting; `detail` is the tap's own.

        Best effort; must not raise.
        """


@dataclass(frozen=True, slots=True)
class Polled:
    """What a platform had for us: `requests` for `parse`, and the `cursor` to give back once all are kept."""

    requests: Sequence[WebhookRequest]
    cursor: str


@runtime_checkable
class Polls(Protocol):
    polling: bool
    """Whether this account is fetched from; False: it waits for webhooks."""

    async def poll(self, cursor: str) -> Polled:
        """Wait some seconds for news after `cursor` ("": whatever is not confirmed yet).

        The platform forgets what lies before a cursor it is given: never pass one before the commit.
        Raises `SendError`.
        """


@runtime_checkable
class Registers(Protocol):
    registers: bool
    """Whether this account asks for it."""

    async def register(self) -> str:
        """Tell the platform where this house is; one sentence on what was done. Raises `SendError`."""


@runtime_checkable
class ChecksCredentials(Protocol):
    async def check(self) -> str:
        """One sentence on the account's state for `doctor`; raises `SendError`."""
