"""What a door's own folder of tests tells the suite, so that it can ask its questions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from connectors.contract import Address, Button, WebhookRequest

Env = Mapping[str, str]


@dataclass(frozen=True)
class Examples:
    """`tests/connectors/<door>/examples.py` has one of these, named EXAMPLES."""

    env: Env
    """All that the door's section needs."""
    customer: Address
    secret: str
    """The setting that proves webhooks to be the platform's."""
    proof: str
    """The header that carries the proof."""
    says: Callable[[Env, str], WebhookRequest]
    """The platform's request when the customer writes this text, proved with `env[secret]`."""
    taps: Callable[[Env, Button], WebhookRequest] | None = None
    """The same when the customer presses this button; None where there are only numbered lines."""
    picks: Callable[[Env, Button], WebhookRequest] | None = None
    """The same for a row of a list; None where there are no lists."""
    photo: Callable[[Env], WebhookRequest] | None = None
    """The same when the customer sends a picture; None where that cannot be."""
    covers: frozenset[str] = frozenset({"body"})
    """What one altered byte of breaks the proof: "body", "url", names of headers."""
    api: str = ""
    """The setting that says where the platform's API is."""
    taken: bytes = b""
    """How the platform answers a request that it takes."""
    limited: tuple[Mapping[str, str], bytes] = field(default=({"Retry-After": "7"}, b"{}"))
    """Headers and body of a 429 that asks for seven seconds."""
