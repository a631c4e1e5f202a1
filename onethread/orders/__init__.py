"""Orders of the shop, behind a port: what the assistant and the desk may know of them."""

from .port import (
    Effect,
    Item,
    Money,
    Order,
    OrdersPort,
    OrderState,
    OrdersUnavailable,
    Parcel,
    ShopEffects,
)
from .rules import RETURN_DAYS, Verdict, return_until, verdict

__all__ = [
    "RETURN_DAYS",
    "Effect",
    "Item",
    "Money",
    "Order",
    "OrderState",
    "OrdersPort",
    "OrdersUnavailable",
    "Parcel",
    "ShopEffects",
    "Verdict",
    "return_until",
    "verdict",
]
