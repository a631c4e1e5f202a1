"""The port to a shop's orders: the questions the house asks, and the shape of the answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol


class OrderState(StrEnum):
    """Where an order stands, in the words of the trade."""

    PLACED = "placed"
    PAYMENT_FAILED = "payment_failed"
    PAID = "paid"
    PACKED = "packed"
    SHIPPED = "shipped"
    DELAYED = "delayed"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    LOST = "lost"
    CANCELLED = "cancelled"
    RETURNED = "returned"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency's main unit; `currency` is its ISO 4217 code."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Item:
    """One line of an order."""

    sku: str
    title: str
    quantity: int
    price: Money
    """Of one piece."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One parcel on its way, or once on its way."""

    carrier: str
    tracking_number: str
    shipped_on: date
    expected_on: date
    delivered_on: date | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """One order, whole. `phone` is E.164, `email` lower-case; both are what proves ownership."""

    number: str
    state: OrderState
    state_since: datetime
    """When it came into this state, in the shop's time zone, as is `placed_at`: its day is the shop's."""
    placed_at: datetime
    expected_on: date
    """The day the shop promised when the order came in."""
    customer_name: str
    email: str
    phone: str | None
    total: Money
    items: tuple[Item, ...]
    parcels: tuple[Parcel, ...] = ()


class OrdersUnavailable(Exception):
    """The shop did not answer in time; nothing can be said about any order."""


class OrdersPort(Protocol):
    """Reads from a shop. Every method raises `OrdersUnavailable` after 2 s or when the shop is down.

    Must not: decide who may see an order. That is the caller's, on every telling.
    """

    async def by_number(self, number: str) -> Order | None:
        """The order of this number (digits, no sign)."""

    async def by_tracking(self, tracking_number: str) -> Order | None:
        """The order one of whose parcels has this tracking number; case and blanks do not count."""

    async def recent_for(
        self, *, phone: str | None = None, email: str | None = None, limit: int = 5
    ) -> Sequence[Order]:
        """The newest orders of a phone (E.164) or an e-mail, newest first; none given, none found."""

    async def close(self) -> None:
        """Give connections back."""


class Effect(StrEnum):
    """What a shop can be asked to do with an order."""

    CANCEL_ORDER = "cancel_order"
    CHANGE_ORDER = "change_order"
    RETURN_ITEM = "return_item"
    SEND_INVOICE = "send_invoice"


class ShopEffects(Protocol):
    """Changes in a shop, asked by jobs and never by a turn."""

    async def apply(self, key: str, effect: str, order: str, note: str) -> bool:
        """Have it done once per `key`: the same key again changes nothing and gives the same answer.

        True: done or taken on; False: the shop refuses (too late, unknown order or effect).
        Raises `OrdersUnavailable`: not known to be done, ask again with the same key.
        """
