"""A fake Twilio: takes SMS and WhatsApp messages, signs webhooks, answers STOP, and fails on command."""

from simulator.faults import Fault, FaultKind
from simulator.posting import SignedWebhook

from .deeds import Said
from .fake import FakeTwilio
from .messages import SentMessage

__all__ = ["FakeTwilio", "Fault", "FaultKind", "Said", "SentMessage", "SignedWebhook"]
