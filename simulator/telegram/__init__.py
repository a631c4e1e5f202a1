"""A fake Telegram: takes messages, posts or hands out updates, and fails on command."""

from simulator.faults import Fault, FaultKind
from simulator.posting import SignedWebhook

from .fake import FakeTelegram
from .messages import SentMessage

__all__ = ["FakeTelegram", "Fault", "FaultKind", "SentMessage", "SignedWebhook"]
