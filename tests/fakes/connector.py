"""A door without a platform: JSON in, a list of what was sent out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from connectors.contract import (
    AccountNotice,
    Address,
    Capabilities,
    Channel,
    Consent,
    InboundEvent,
    InboundKind,
    InboundMessage,
    MediaRef,
    OutboundMessage,
    Part,
    PayloadInvalid,
    Profile,
    Receipt,
    ReceiptStatus,
    Sent,
    SignatureInvalid,
    WebhookRequest,
)


@dataclass
class FakeConnector:
    """Takes what `inbound` makes; refuses requests whose x-signed header is not "yes"."""

    key: str = "fake_sms"
    account: str = "default"
    channel: Channel = Channel.SMS
    capabilities: Capabilities = field(default_factory=lambda: Capabilities(text_max=1600))
    sent: list[tuple[Address, Part, str]] = field(default_factory=list)
    signs: list[tuple[str, ...]] = field(default_factory=list)
    """Taps answered and typing shown, by sender and message."""

    def verify(self, request: WebhookRequest) -> None:
        if request.headers.get("x-signed") != "yes":
            raise SignatureInvalid("not signed")

    def parse(self, request: WebhookRequest) -> Sequence[InboundEvent]:
        try:
            rows = json.loads(request.body)
        except ValueError as error:
            raise PayloadInvalid("not JSON") from error
        return [self._event(row) for row in rows]

    def _event(self, row: dict[str, Any]) -> InboundEvent:
        if "notice" in row:
            return AccountNotice(
                row["id"], row["notice"], detail=row.get("detail", {}), error=row.get("error")
            )
        if "receipt" in row:
            return Receipt(self.account, ReceiptStatus(row["receipt"]), provider_message_id=row["id"])
        return InboundMessage(
            provider_message_id=row["id"],
            address=Address(self.key, self.account, row["from"]),
            kind=InboundKind(row.get("kind", "text")),
            text=row.get("text", ""),
            tap=row.get("tap"),
            profile=Profile(
                phone=row.get("phone"), display_name=row.get("name", ""), language=row.get("language")
            ),
            provider_time=datetime.fromtimestamp(row["at"], UTC) if "at" in row else None,
            consent=Consent(row["consent"]) if "consent" in row else None,
            silent=row.get("silent", False),
            marketing=Consent(row["marketing"]) if "marketing" in row else None,
            detail=row.get("detail", {}),
            media=tuple(MediaRef(**item) for item in row.get("media", ())),
            reply_to=row.get("reply_to"),
            moved_to=Address(self.key, self.account, **row["moved_to"]) if "moved_to" in row else None,
        )

    def render(self, message: OutboundMessage) -> Sequence[Part]:
        return [Part(message.text, message.buttons, message.media)]

    async def send(self, to: Address, part: Part, *, oid: str) -> Sent:
        self.sent.append((to, part, oid))
        return Sent(f"p{len(self.sent)}")

    async def answer_tap(self, to: Address, detail: Mapping[str, object]) -> None:
        self.signs.append(("tap", to.key, str(detail.get("query"))))

    async def typing(self, to: Address, *, message_id: str = "") -> None:
        self.signs.append(("typing", to.key, message_id))
        raise RuntimeError("a door that breaks its promise")

    async def close(self) -> None:
        return None


def signed(*rows: dict[str, Any], body: bytes | None = None, signature: str = "yes") -> WebhookRequest:
    """A request as the fake platform makes it."""
    return WebhookRequest(
        method="POST",
        url="http://house.test/webhooks/fake_sms/default",
        account="default",
        query="",
        headers={"x-signed": signature},
        body=json.dumps(rows).encode() if body is None else body,
    )
