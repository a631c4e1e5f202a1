"""A fake Twilio: takes messages, signs webhooks, answers STOP, and fails on command."""

from .fake import FakeTwilio
from .faults import Fault, FaultKind
from .messages import SentMessage
from .webhooks import SignedWebhook

__all__ = ["FakeTwilio", "Fault", "FaultKind", "SentMessage", "SignedWebhook"]
