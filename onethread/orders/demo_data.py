"""The demo shop's data, made up but steady: the same `today` gives the same rows. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from .port import OrderState

FIRST_NUMBER = 1001
CUSTOMERS = 320
ORDERS = 660
_SEED = 20_260_301

type CustomerRow = tuple[int, str, str, str | None]
type OrderRow = tuple[int, int, str, datetime, datetime, date, Decimal, str]
type ItemRow = tuple[int, int, str, str, int, Decimal]
type ParcelRow = tuple[str, int, str, date, date, date | None]

DEMO_CUSTOMER: CustomerRow = (1, "Dana Demo", "demo@example.com", "+15551230001")
_DEMO_ORDERS = {1017: OrderState.DELIVERED, 1042: OrderState.SHIPPED, 1063: OrderState.PAID}

_FIRST = tuple(
    "Ada Ben Clara Dmitri Elena Farid Grace Hugo Ines Jonas Kira Liam Maya Noel Oana Pavel".split()  # noqa: SIM905
)
_LAST = tuple(
    "Abbott Baker Costa Doyle Evans Fischer Grant Haas Ionescu Jensen Kowal Lopez Marin Novak".split()  # noqa: SIM905
)
_CATALOGUE = (
    ("MUG-01", "Stoneware mug", "14.00"),
    ("MUG-02", "Espresso cup", "9.50"),
    ("BWL-01", "Salad bowl", "32.00"),
    ("PLT-01", "Dinner plate", "16.00"),
    ("LNN-01", "Linen napkin", "8.00"),
    ("LNN-02", "Linen tablecloth", "64.00"),
    ("TWL-01", "Waffle towel", "28.00"),
    ("TWL-02", "Bath towel", "36.00"),
    ("BLK-01", "Wool blanket", "119.00"),
    ("CSH-01", "Cushion cover", "24.00"),
    ("CND-01", "Beeswax candle", "18.50"),
    ("LMP-01", "Desk lamp", "89.00"),
    ("LMP-02", "Lamp shade", "42.00"),
    ("APR-01", "Canvas apron", "38.00"),
    ("TSH-01", "Organic T-shirt", "29.00"),
    ("SWT-01", "Merino sweater", "98.00"),
    ("SCK-01", "Wool socks", "15.00"),
    ("SLP-01", "Felt slippers", "45.00"),
    ("BRD-01", "Oak cutting board", "48.00"),
    ("VSE-01", "Glass vase", "39.00"),
)
_CARRIERS = (("Northway Post", "NW"), ("Swift Parcel", "SP"), ("BlueVan", "BV"))
# How often each state is met; every one is there at least twenty times.
_WEIGHTS = {
    OrderState.DELIVERED: 210,
    OrderState.SHIPPED: 90,
    OrderState.PAID: 60,
    OrderState.REFUNDED: 50,
    OrderState.PACKED: 40,
    OrderState.CANCELLED: 40,
    OrderState.PLACED: 30,
    OrderState.OUT_FOR_DELIVERY: 30,
    OrderState.RETURNED: 30,
    OrderState.DELAYED: 30,
    OrderState.PAYMENT_FAILED: 28,
    OrderState.LOST: 22,
}


@dataclass(frozen=True, slots=True)
class ShopData:
    """Rows in the order of the tables' columns."""

    customers: tuple[CustomerRow, ...]
    orders: tuple[OrderRow, ...]
    items: tuple[ItemRow, ...]
    parcels: tuple[ParcelRow, ...]


@dataclass(frozen=True, slots=True)
class _Course:
    """How an order went, as days before today; negative: still to come."""

    placed: int
    since: int
    promised: int
    shipped: int | None = None
    expected: int | None = None
    delivered: int | None = None


def make_shop(today: date) -> ShopData:
    """The whole shop as of `today`."""
    random = Random(_SEED)  # noqa: S311 - made-up data, no secret
    customers = tuple(_customer(random, number) for number in range(1, CUSTOMERS + 1))
    states = [state for state, times in _WEIGHTS.items() for _ in range(times)]
    random.shuffle(states)
    orders: list[OrderRow] = []
    items: list[ItemRow] = []
    parcels: list[ParcelRow] = []
    for index, drawn in enumerate(states[:ORDERS]):
        number = FIRST_NUMBER + index
        demo = _DEMO_ORDERS.get(number)
        state = demo or drawn
        owner = customers[0] if demo else customers[1 + (index * 7 + random.randrange(3)) % (CUSTOMERS - 1)]
        course = _demo_course(state) if demo else _course(random, state)
        lines = _lines(random, number, demo is not None)
        items += lines
        total = sum((line[5] * line[4] for line in lines), Decimal(0))
        at = time(random.randrange(1, 5), random.randrange(60), tzinfo=UTC)
        orders.append(
            (
                number,
                owner[0],
                str(state),
                datetime.combine(_day(today, course.since), at),
                datetime.combine(_day(today, course.placed), time(0, 30, tzinfo=UTC)),
                _day(today, course.promised),
                total,
                _currency(owner[3]),
            )
        )
        carrier, sign = random.choice(_CARRIERS)
        tracking = f"{sign}{random.randrange(10**9, 10**10)}"
        if course.shipped is not None and course.expected is not None:
            parcels.append(
                (
                    tracking,
                    number,
                    carrier,
                    _day(today, course.shipped),
                    _day(today, course.expected),
                    None if course.delivered is None else _day(today, course.delivered),
                )
            )
    return ShopData(customers, tuple(orders), tuple(items), tuple(parcels))


def _day(today: date, ago: int) -> date:
    return today - timedelta(days=ago)


def _customer(random: Random, number: int) -> CustomerRow:
    if number == DEMO_CUSTOMER[0]:
        return DEMO_CUSTOMER
    first, last = random.choice(_FIRST), random.choice(_LAST)
    drawn = random.random()
    phone: str | None
    if drawn < 0.08:
        phone = None
    elif drawn < 0.68:
        phone = f"+1555{2_000_000 + number * 37:07d}"
    elif drawn < 0.80:
        phone = f"+447700{900_000 + number:06d}"
    elif drawn < 0.92:
        phone = f"+40700{100_000 + number:06d}"
    else:
        phone = f"+49155{5_000_000 + number:07d}"
    return (number, f"{first} {last}", f"{first}.{last}.{number}@example.com".lower(), phone)


def _currency(phone: str | None) -> str:
    for prefix, currency in (("+44", "GBP"), ("+40", "RON"), ("+49", "EUR")):
        if phone is not None and phone.startswith(prefix):
            return currency
    return "USD"


def _lines(random: Random, number: int, demo: bool) -> list[ItemRow]:
    count = 2 if demo else random.choice((1, 1, 1, 2, 2, 3))
    lines: list[ItemRow] = []
    for line, (sku, title, price) in enumerate(random.sample(_CATALOGUE, count), start=1):
        quantity = 1 if demo else random.choice((1, 1, 1, 2, 2, 4))
        lines.append((number, line, sku, title, quantity, Decimal(price)))
    return lines


def _demo_course(state: OrderState) -> _Course:
    if state is OrderState.SHIPPED:
        return _Course(placed=3, since=1, promised=-2, shipped=1, expected=-2)
    if state is OrderState.DELIVERED:
        return _Course(placed=20, since=15, promised=15, shipped=18, expected=15, delivered=15)
    return _Course(placed=1, since=1, promised=-4)


def _course(random: Random, state: OrderState) -> _Course:  # noqa: PLR0911 - one return a state
    draw = random.randint
    match state:
        case OrderState.PLACED | OrderState.PAYMENT_FAILED:
            placed = draw(0, 4)
            return _Course(placed, placed, placed - 6)
        case OrderState.PAID:
            placed = draw(0, 2)
            return _Course(placed, placed, placed - 5)
        case OrderState.PACKED:
            placed = draw(1, 3)
            return _Course(placed, placed - 1, placed - 5)
        case OrderState.SHIPPED:
            shipped, expected = draw(1, 3), -draw(1, 3)
            return _Course(shipped + draw(1, 2), shipped, expected, shipped, expected)
        case OrderState.DELAYED:
            shipped = draw(6, 10)
            return _Course(shipped + 2, draw(1, 2), shipped - 3, shipped, -draw(1, 4))
        case OrderState.OUT_FOR_DELIVERY:
            shipped = draw(2, 3)
            return _Course(shipped + 1, 0, 0, shipped, 0)
        case OrderState.DELIVERED:
            delivered = draw(1, 70)
            shipped = delivered + draw(2, 4)
            return _Course(shipped + 1, delivered, delivered, shipped, delivered, delivered)
        case OrderState.LOST:
            shipped = draw(15, 30)
            return _Course(shipped + 1, draw(1, 5), shipped - 3, shipped, shipped - 4)
        case OrderState.CANCELLED:
            placed = draw(3, 60)
            return _Course(placed, placed - 1, placed - 5)
        case OrderState.RETURNED | OrderState.REFUNDED:
            back = draw(1, 4) if state is OrderState.RETURNED else draw(2, 40)
            delivered = back + draw(5, 20)
            shipped = delivered + 3
            return _Course(shipped + 1, back, delivered, shipped, delivered, delivered)
