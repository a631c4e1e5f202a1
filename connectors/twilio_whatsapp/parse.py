"""Step "parse": one Twilio WhatsApp webhook (a message, or a status callback) as the contract's words.

Parameters: twilio.com/docs/messaging/guides/webhook-request, read 2026-11. Any of them may be absent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from connectors._shared.twilio.messages import Fields, phone_of, plain_message, read_webhook
from connectors.contract import InboundEvent, InboundMessage, Profile, WebhookRequest

from .kinds import beside, read_kind, whole
from .settings import PREFIX

KEY = "twilio_whatsapp"


def parse(request: WebhookRequest) -> Sequence[InboundEvent]:
    """Exactly one event; raises `PayloadInvalid` when nobody can be named as the sender."""
    return read_webhook(request, read)


def read(account: str, fields: Fields, raw: bytes) -> InboundMessage:
    """One WhatsApp message; raises `PayloadInvalid`.

    Whoever Twilio names in From is the address: its list of messages names nobody else, and what is sent goes
    there. That is a number as WhatsApp has it (in Argentina with a 9, in Brazil perhaps without), or the
    business's own id of a person whose number we do not see.
    """
    fields = whole(fields)
    key = _bare(fields.get("From", "")) or _number(fields) or _bare(fields.get("ExternalUserId", ""))
    heard = plain_message(KEY, account, fields, raw, sender=key)
    said = read_kind(fields, heard)
    name = fields.get("ProfileName") or fields.get("ProfileUsername", "")
    return replace(
        said,
        profile=Profile(
            display_name=name,
            phone=phone_of(key) or phone_of(_number(fields)),
            user_id=_bare(fields.get("ExternalUserId", "")),
        ),
        reply_to=fields.get("OriginalRepliedMessageSid") or None,
        # Advanced Opt-Out is on and Twilio has answered this word itself.
        silent=said.consent is not None,
        detail={**said.detail, **beside(fields)},
    )


def _bare(name: str) -> str:
    return name.strip().removeprefix(PREFIX).strip()


def _number(fields: Fields) -> str:
    """WaId is the number's digits."""
    digits = fields.get("WaId", "").strip()
    return f"+{digits}" if digits.isdecimal() else ""
