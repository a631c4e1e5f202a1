"""Links that lead from one app into another, and the question at their end. Pure.

A token says "whoever shows this was given it at that address". It is worth nothing until whoever redeems it,
at another address and within `tokens.LIVES_S`, taps "yes" under the question in words whether to go on with
the talk begun on that channel. Only then a link is asked for. Each token is redeemed once.

What this keeps out: nobody is pulled into a stranger's conversation by opening his link; who says no, or
nothing, stays who he was, and nothing he wrote or proved reaches the other side.

What remains: who was sent a stranger's link, reads the question and says yes all the same is one customer
with that stranger from then on, until somebody undoes it. Even then each side reads only what is said at its
own address, and an order proved with an e-mail at one address is not proved at the other. And whoever copies
a link before its owner opens it can redeem it first: it is a bearer's token, and short-lived for that reason.
"""

from __future__ import annotations

from uuid import UUID

from onethread.identity.tokens import LinkToken

YES = "house_continue_yes"
NO = "house_continue_no"
"""Intents of the two taps; the house takes them before the assistant is asked."""
OPEN_S = 3_600
"""How long the question can be answered."""


def address_named(token: LinkToken) -> tuple[UUID, str]:
    """The two ways a subject may name its address: by our own id, or by the key of a web chat session."""
    return UUID(bytes=token.subject), token.subject.hex()
