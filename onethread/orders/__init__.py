"""Orders of the shop, behind a port: what the assistant and the desk may know of them."""

from .port import (
    Item,
    Money,
    Order,
    OrdersPort,
    OrderState,
    OrdersUnavailable,
    Parcel,
)

__all__ = ["Item", "Money", "Order", "OrderState", "OrdersPort", "OrdersUnavailable", "Parcel"]
