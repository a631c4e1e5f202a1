"""Who may hear about an order: its own phone, or who typed its number with its e-mail or phone. Pure.

What a conversation typed is kept as a signed token, bound to the customer, the address and the day. Nobody
who lacks the key can forge it, and it is compared with the order at each telling.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

import phonenumbers

from onethread.orders import Order

from .message import Contact, Facts

TRIES_MAX = 5
"""Wrong contacts a conversation may type before only a person can help."""
_DAYS = 1  # a token of yesterday still counts, so that midnight cuts no talk in two


@dataclass(frozen=True, slots=True)
class Prover:
    """Makes and checks the tokens of one customer on one address."""

    key: bytes
    sender: str
    address_id: str

    def token(self, contact: Contact, today: date) -> str:
        """What to keep of a typed contact."""
        said = "\x00".join((self.sender, self.address_id, contact.kind, contact.value, today.isoformat()))
        return f"{today.isoformat()}.{hmac.new(self.key, said.encode(), sha256).hexdigest()}"

    def digest(self, contact: Contact) -> str:
        """Tells contacts apart over conversations without keeping them."""
        said = f"{contact.kind}\x00{contact.value}"
        return hmac.new(self.key, said.encode(), sha256).hexdigest()

    def knows(self, token: object, order: Order, today: date) -> bool:
        """Whether the token was made here, lately, from the e-mail or phone of `order`."""
        if not isinstance(token, str):
            return False
        return any(
            hmac.compare_digest(token.encode(), self.token(contact, today - timedelta(days=ago)).encode())
            for contact in _contacts(order)
            for ago in range(_DAYS + 1)
        )

    def is_fresh(self, token: object, today: date) -> bool:
        """Whether a contact was typed lately, right or wrong."""
        oldest = (today - timedelta(days=_DAYS)).isoformat()
        return isinstance(token, str) and token.partition(".")[0] >= oldest


def owns(facts: Facts, order: Order) -> bool:
    """Whether the platform vouches that this very phone placed the order."""
    return facts.phone is not None and order.phone is not None and facts.phone == order.phone


def _contacts(order: Order) -> list[Contact]:
    contacts = [Contact("email", order.email.lower())]
    if order.phone is not None:
        digits = order.phone.lstrip("+")
        contacts.append(Contact("phone", digits))
        try:
            national = str(phonenumbers.parse(order.phone, None).national_number)
        except phonenumbers.NumberParseException:
            national = digits
        if national != digits:
            contacts.append(Contact("phone", national))
    return contacts
