"""Identifiers as types, so that one kind is never passed for another."""

from __future__ import annotations

from typing import NewType
from uuid import UUID

CustomerId = NewType("CustomerId", UUID)
"""Also Rasa's `sender_id`, as text."""
AddressId = NewType("AddressId", UUID)
LinkId = NewType("LinkId", UUID)
"""Why an address is a customer's."""
TurnId = NewType("TurnId", UUID)
MessageId = NewType("MessageId", UUID)
AgentId = NewType("AgentId", UUID)
InboxId = NewType("InboxId", int)
OutboxId = NewType("OutboxId", int)
Oid = NewType("Oid", str)
"""Our id of one platform request, echoed in receipts."""
