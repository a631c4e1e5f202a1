"""Sizes as people say them. Pure."""

from __future__ import annotations

_UNITS = ("B", "kB", "MB", "GB")


def said_size(size: int) -> str:
    """Bytes in thousands: 734 B, 52 kB, 3.4 MB."""
    value, unit = float(size), 0
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value, unit = value / 1_000, unit + 1
    return f"{value:.1f} {_UNITS[unit]}" if unit > 1 and value < 9.95 else f"{value:.0f} {_UNITS[unit]}"
