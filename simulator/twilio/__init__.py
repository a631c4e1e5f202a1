"""A fake Twilio: takes messages, signs webhooks, answers STOP, and fails on command."""

from simulator.faults import Fault, FaultKind
from simulator.posting import SignedWebhook

from .fake import FakeTwilio
from .messages import SentMessage

__all__ = ["FakeTwilio", "Fault", "FaultKind", "SentMessage", "SignedWebhook"]
