"""What the benchmark's customers say: short talks in a shop's customers' words, the same for both sides."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from uuid import UUID

DEMO_PHONE = "+15551230001"


@dataclass(frozen=True, slots=True)
class Talk:
    """One talk of one new customer: who writes (an attested phone, or nobody) and the texts in order."""

    number: int
    phone: str | None
    texts: tuple[str, ...]

    def customer_id(self, side: str, round_no: int) -> UUID:
        """A new customer for each round, the same on every machine."""
        names = {"stock": 1, "onethread": 2}
        return UUID(int=(names[side] << 96) | (round_no << 48) | self.number)

    @property
    def facts(self) -> dict[str, object]:
        """What the house would say about this customer in the message's metadata."""
        return {
            "channel": "sms" if self.phone else "webchat",
            "connector": "twilio_sms" if self.phone else "webchat",
            "language": "en",
            "address_id": str(UUID(int=(9 << 96) | self.number)),
            "phone": self.phone,
            "trust": "attested" if self.phone else "anonymous",
            "first_contact": False,
        }


_SCRIPTS: tuple[tuple[bool, tuple[str, ...]], ...] = (
    (
        True,
        (
            "hi there",
            "Where is my order 1042?",
            "and when does it arrive?",
            "ok and what if I'm not at home when they come",
            "can i get an invoice for that one",
            "perfect, thanks a lot",
        ),
    ),
    (
        False,
        (
            "hello",
            "how long does delivery usually take?",
            "do you ship to Ireland as well",
            "what does express shipping cost",
            "how can i pay, do you take paypal",
            "great thank you",
        ),
    ),
    (
        False,
        (
            "Good morning!",
            "i ordered a week ago and still nothing, where is my stuff??",
            "1042",
            "it's demo@example.com",
            "has it left your warehouse yet",
            "thx bye",
        ),
    ),
    (
        True,
        (
            "hey, quick question",
            "wheres my pacage",
            "what are your opening hours",
            "is there a shop i can visit in person",
            "and a phone number i can call?",
            "cheers",
        ),
    ),
    (
        True,
        (
            "hi, I want to send something back",
            "order 1042, the jacket is too small",
            "yes please",
            "when do i see my money again",
            "do I have to pay for the return label?",
            "ok thanks, have a nice day",
        ),
    ),
    (
        False,
        (
            "are you a robot?",
            "my card was declined but the money is gone",
            "can I pay in instalments",
            "i forgot my password and the reset mail never comes",
            "how do i change my email address in my account",
            "thank you",
        ),
    ),
    (
        True,
        (
            "hello I would like to cancel my order please",
            "#1042",
            "no, leave it",
            "can I still change the delivery address?",
            "never mind",
            "bye",
        ),
    ),
    (
        False,
        (
            "yo",
            "do you have gift cards",
            "what size should i take if i am between M and L",
            "is the warranty 2 years on everything",
            "refund for my last order has not arrived, order no 1042",
            "ok thank you very much",
        ),
    ),
)


def talks(amount: int) -> Iterator[Talk]:
    """The first `amount` talks, going round the scripts."""
    for number in count(1):
        if number > amount:
            return
        known, texts = _SCRIPTS[(number - 1) % len(_SCRIPTS)]
        yield Talk(number, DEMO_PHONE if known else None, texts)
