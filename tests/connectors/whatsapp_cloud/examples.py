"""What the contract suite must know of the WhatsApp door to Meta."""

from __future__ import annotations

from connectors.contract import Address, Button, WebhookRequest
from tests.connectors.contract.examples import Env, Examples

from .door import ENV, Json, envelope, message, request, value


def _signed(env: Env, said: Json) -> WebhookRequest:
    return request(envelope(value(messages=[said])), secret=env["WHATSAPP_APP_SECRET"])


def _chosen(env: Env, kind: str, button: Button) -> WebhookRequest:
    reply = {"type": kind, kind: {"id": button.tap, "title": button.title}}
    return _signed(env, message("interactive", reply, context={"from": "15550009000", "id": "wamid.q"}))


EXAMPLES = Examples(
    env=ENV,
    customer=Address("whatsapp_cloud", "default", "US.1000000000000001", "+15551230001"),
    secret="WHATSAPP_APP_SECRET",
    proof="x-hub-signature-256",
    says=lambda env, text: _signed(env, message("text", {"body": text})),
    taps=lambda env, button: _chosen(env, "button_reply", button),
    picks=lambda env, button: _chosen(env, "list_reply", button),
    photo=lambda env: _signed(env, message("image", {"id": "4711", "mime_type": "image/jpeg"})),
    api="WHATSAPP_API_URL",
    taken=b'{"messaging_product":"whatsapp","messages":[{"id":"wamid.1"}]}',
)
