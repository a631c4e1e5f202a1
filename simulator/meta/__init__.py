"""A fake Meta: takes WhatsApp messages, signs webhooks, keeps the 24-hour window, and fails on command."""

from simulator.faults import Fault, FaultKind
from simulator.posting import SignedWebhook

from .fake import FakeMeta
from .messages import SentMessage

__all__ = ["FakeMeta", "Fault", "FaultKind", "SentMessage", "SignedWebhook"]
