"""The platforms' requests, signed and whole as bytes: what the load generator posts to the house."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from onethread.bench.wire import request_bytes
from onethread.supervisor.ports import LOOPBACK
from simulator.meta import webhooks as meta
from simulator.posting import SignedWebhook
from simulator.twilio import webhooks as twilio

TWILIO_SID = "AC" + "0" * 31 + "3"
TWILIO_TOKEN = "token-of-a-benchmark"  # noqa: S105 - of an account that exists in the generator alone
SHOP_NUMBER = "+15550009000"
_META_NUMBER_ID = "100000000000003"
_META_SECRET = "app-secret-of-a-benchmark"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message a customer sends.

    due_s: seconds after the start of the round; None: as soon as a connection is free.
    """

    door: str
    id: str
    sender: str
    text: str
    due_s: float | None = None


def door_settings(twilio_url: str) -> dict[str, str]:
    """The settings that open the doors of `DOORS`; `twilio_url` is where sends go."""
    return {
        "TWILIO_ACCOUNT_SID": TWILIO_SID,
        "TWILIO_AUTH_TOKEN": TWILIO_TOKEN,
        "TWILIO_SMS_FROM": SHOP_NUMBER,
        "TWILIO_API_URL": twilio_url,
        "WHATSAPP_PHONE_NUMBER_ID": _META_NUMBER_ID,
        "WHATSAPP_ACCESS_TOKEN": "access-token-of-a-benchmark",
        "WHATSAPP_APP_SECRET": _META_SECRET,
        "WHATSAPP_VERIFY_TOKEN": "word-of-a-benchmark",
        "WHATSAPP_API_URL": f"http://{LOOPBACK}:1",  # nothing is sent there: only `bench ingest` comes in
    }


def whole_request(message: Inbound, port: int) -> bytes:
    """The webhook of a message for the house whose public URL is `port` on loopback."""
    url = f"http://{LOOPBACK}:{port}/webhooks/{message.door}/default"
    return posted(DOORS[message.door](message, url))


def posted(webhook: SignedWebhook) -> bytes:
    """A signed webhook as bytes on the wire."""
    host, _, path = webhook.url.removeprefix("http://").partition("/")
    name, _, port = host.partition(":")
    return request_bytes("POST", (name, int(port)), f"/{path}", webhook.headers, webhook.body)


def _sms(message: Inbound, url: str) -> SignedWebhook:
    fields = twilio.inbound_fields(
        account_sid=TWILIO_SID,
        sender=message.sender,
        to=SHOP_NUMBER,
        text=message.text,
        sid=message.id,
        media=(),
        opt_out="",
    )
    return twilio.sign(url, fields, TWILIO_TOKEN)


def _whatsapp(message: Inbound, url: str) -> SignedWebhook:
    said = {"type": "text", "text": {"body": message.text}}
    value = meta.message_value(message.sender, said, message_id=message.id, name="Customer")
    return meta.sign(url, meta.batch(_META_NUMBER_ID, [value]), _META_SECRET)


DOORS: Mapping[str, Callable[[Inbound, str], SignedWebhook]] = {
    "twilio_sms": _sms,
    "whatsapp_cloud": _whatsapp,
}
